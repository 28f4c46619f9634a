import type { PluginState } from 'bakthat'
import { answer, type Outcome } from '../outcome.js'
import type { Style } from '../print/style.js'

/** A list of plugins. `isBuiltIn` tells which of their commands are hidden by one of Bakthat's. */
export function pluginsOutcome(plugins: readonly PluginState[], isBuiltIn: (command: string) => boolean): Outcome {
  const hidden = plugins.flatMap(({ name, commands }) =>
    commands
      .filter((command) => isBuiltIn(command.name))
      .map((command) => `the command ${command.name} of ${name} is never run: bakthat has one of that name`),
  )
  const notes = plugins.length === 0 ? ['the profile names no plugins: plugins: [file.Export]'] : hidden
  return {
    document: () => plugins.map(documentOf),
    text: (style) => answer(plugins.map((plugin) => textOf(plugin, style)).join(''), notes),
  }
}

function documentOf({ catalogMethods, ...plugin }: PluginState): object {
  return { ...plugin, commands: plugin.commands.map(({ name }) => name), catalog_methods: catalogMethods }
}

function textOf(plugin: PluginState, style: Style): string {
  const { name, version, state, problem, events, backends, commands, compressions, catalogMethods } = plugin
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ['problem', problem === undefined ? [] : [problem.message]],
    ['hint', problem?.hint === undefined ? [] : [problem.hint]],
    ['events', events],
    ['backends', backends],
    ['commands', commands.map((command) => command.name)],
    ['compressions', compressions],
    ['catalog', catalogMethods],
  ]
  const head = [name, version, state === 'failed' ? style.red(state) : state].filter((word) => word !== undefined)
  const lines = rows
    .filter(([, words]) => words.length > 0)
    .map(([title, words]) => `  ${title.padEnd(14)}${words.join(', ')}`)
  return [head.join('  '), ...lines].map((line) => `${line}\n`).join('')
}
