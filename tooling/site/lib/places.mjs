import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, posix, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root of the repository, out of which pages are taken as they lie there. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..')

/** Where generated pages lie. */
export const generated = `${root}/tooling/site/pages`

/** Every library, with the folder of `packages/` that it lies in. */
export const libraries = readdirSync(`${root}/packages`)
  .map((folder) => ({ folder, ...manifestOf(`packages/${folder}`) }))
  .filter((manifest) => manifest.private !== true)

/** Where the source is to be read, for links to what is no page. */
export const repository = manifestOf('apps/cli').repository.url.replace(/^git\+|\.git$/g, '')

/** Markdown of the repository that is no page: written for a release, or for who begins a plugin. */
export const notPages = ['**/CHANGELOG.md', '**/templates/**', '**/.*/**', '**/test/**']

/** From where a page lies in the repository to its place on the site. */
export function placeOf(path) {
  if (path === 'README.md') return 'index.md'
  if (path === 'CONTRIBUTING.md') return 'contributing.md'
  const rules = [
    [/^docs\//, ''],
    [/^tooling\/site\/pages\/api\/@bakthat\//, 'api/'],
    [/^tooling\/site\/pages\//, ''],
    [/^(apps|packages|tooling)\/([^/]+)\/README\.md$/, '$1/$2.md'],
  ]
  const rule = rules.find(([from]) => from.test(path))
  return rule === undefined ? path : path.replace(...rule)
}

/**
 * Where a relative link leads from a page of the repository: to the page that was made of its target, and else to the
 * source. A directory stands for its README.
 */
export function addressOf(link, page) {
  const [path, anchor] = link.split('#', 2)
  const target = posix.normalize(posix.join(posix.dirname(page), decodeURI(path))).replace(/\/$/, '')
  const file = [target, posix.join(target, 'README.md')].find(
    (name) => name.endsWith('.md') && existsSync(`${root}/${name}`),
  )
  const address = file === undefined ? sourceOf(target, page) : `/${placeOf(file)}`
  return anchor === undefined ? address : `${address}#${anchor}`
}

function sourceOf(target, page) {
  if (target.startsWith('..') || !existsSync(`${root}/${target}`))
    throw new Error(`${page} links to ${target}: there is no such file`)
  return `${repository}/blob/main/${target}`
}

function manifestOf(directory) {
  return JSON.parse(readFileSync(`${root}/${directory}/package.json`, 'utf8'))
}
