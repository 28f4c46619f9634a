import { commands } from './commands.mjs'
import { libraries } from './places.mjs'

/** The pages that people write, in the order in which a reader needs them, and then those that come out of the code. */
export const sidebar = [
  section('Backing up', [
    ['Overview', '/'],
    ['The command', '/apps/cli'],
    ['Cookbook', '/cookbook'],
    ['Configuration', '/configuration'],
    ['Schedules', '/schedules'],
    ['Rotation', '/rotation'],
    ['S3', '/s3'],
    ['Glacier vaults', '/glacier'],
  ]),
  section('From programs', [
    ["Developer's guide", '/guide'],
    ['Examples', '/apps/examples'],
    ['Writing a plugin', '/writing-a-plugin'],
    ['Writing a backend', '/writing-a-backend'],
  ]),
  section('What to rely on', [
    ['Reliability', '/reliability'],
    ['Threat model', '/threat-model'],
    ['Formats', '/formats'],
    ['The catalog', '/catalog'],
    ['Errors and exit statuses', '/errors'],
    ['Compared with others', '/comparison'],
  ]),
  section('The house', [
    ['Architecture', '/architecture'],
    ['Glossary', '/glossary'],
    ['Contributing', '/contributing'],
    ["The tests' servers", '/tooling/emulator'],
  ]),
  {
    text: 'Commands',
    collapsed: true,
    items: [
      { text: 'All commands', link: '/commands/' },
      ...commands.map(({ name, slug }) => ({ text: name, link: `/commands/${slug}` })),
    ],
  },
  {
    text: 'Packages',
    collapsed: true,
    items: libraries.map(({ folder, name }) => ({ text: name, link: `/packages/${folder}` })),
  },
  {
    text: 'API',
    collapsed: true,
    items: [
      { text: 'All libraries', link: '/api/' },
      ...libraries.map(({ folder, name }) => ({ text: name, link: `/api/${folder}` })),
    ],
  },
]

/** Where to go on from a page, where the order of the sidebar does not say it: from a package to its API. */
export function nextOf(path) {
  const library = libraries.find(({ folder }) => path === `packages/${folder}.md`)
  return library && { text: `The API of ${library.name}`, link: `/api/${library.folder}` }
}

function section(text, pages) {
  return { text, items: pages.map(([title, link]) => ({ text: title, link })) }
}
