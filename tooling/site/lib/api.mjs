import { writeFileSync } from 'node:fs'
import { Application, Converter } from 'typedoc'
import { load as markdown } from 'typedoc-plugin-markdown'
import { code, page, table, text } from './markdown.mjs'
import { libraries, root } from './places.mjs'

const layout = {
  readme: 'none',
  disableSources: true,
  groupOrder: ['Functions', 'Classes', 'Interfaces', 'Type Aliases', 'Variables', '*'],
  outputFileStrategy: 'modules',
  entryFileName: 'index',
  hidePageHeader: true,
  hideBreadcrumbs: true,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  classPropertiesFormat: 'table',
  typeAliasPropertiesFormat: 'table',
  propertyMembersFormat: 'table',
  tableColumnSettings: { hideSources: true, hideModifiers: true, hideInherited: true, hideOverrides: true },
}

/** One page for each library: what its comments say of everything that it exports. Whatever is amiss in them is an error. */
export async function writeApi(directory) {
  const app = await Application.bootstrapWithPlugins({
    ...layout,
    plugin: [markdown],
    tsconfig: `${root}/tooling/site/tsconfig.api.json`,
    entryPoints: libraries.map(({ folder }) => `${root}/packages/${folder}/src/index.ts`),
    out: directory,
    logLevel: 'Warn',
    validation: { notExported: true, invalidLink: true, notDocumented: false },
  })
  app.converter.on(Converter.EVENT_CREATE_PARAMETER, nameParameter)
  const entryPoints = app.getEntryPoints() ?? []
  for (const entryPoint of entryPoints) entryPoint.displayName = nameOf(entryPoint.sourceFile.fileName)
  const project = app.converter.convert(entryPoints)
  if (project !== undefined) app.validate(project)
  if (app.logger.hasErrors() || app.logger.hasWarnings()) throw new Error('the API cannot be documented: see above')
  await app.generateOutputs(project)
  writeFileSync(`${directory}/index.md`, mainPage())
}

function mainPage() {
  return page('API', [
    'What every package exports, from the comments in its source.',
    table(['package', 'is'], libraries, ({ name, description }) => [`[${code(name)}](${name}.md)`, text(description)]),
  ])
}

function nameOf(file) {
  return libraries.find(({ folder }) => file.includes(`/packages/${folder}/`)).name
}

/** A parameter that is taken apart where it is declared has no name: it is called what its type is, in one word. */
function nameParameter(_, parameter) {
  if (parameter.name !== '__namedParameters') return
  const type = parameter.type?.types?.[0] ?? parameter.type
  const { name = 'options' } = type?.name === 'Pick' ? type.typeArguments[0] : (type ?? {})
  parameter.name = /[A-Z]?[a-z]+$/.exec(name)[0].toLowerCase()
}
