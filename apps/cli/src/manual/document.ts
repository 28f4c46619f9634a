import { exitCodes } from '@bakthat/errors'
import type { Command, OptionTable } from '../command.js'
import type { CommandEntry } from '../commands/index.js'
import { usageOf } from '../help.js'
import { commonOptions } from '../options.js'
import { files, variables } from './surroundings.js'

/** The manual as data: what there is to say of a command, or of them all and of what the program reads beside its command line. */
export async function documentOf(entry: CommandEntry | undefined, entries: readonly CommandEntry[]): Promise<object> {
  return entry === undefined ? mainDocument(entries) : commandDocument(entry, await entry.load())
}

async function mainDocument(entries: readonly CommandEntry[]): Promise<object> {
  const commands: object[] = []
  for (const entry of entries) commands.push(commandDocument(entry, await entry.load()))
  return {
    commands,
    options: optionDocuments(commonOptions),
    exit_statuses: Object.entries(exitCodes).map(([status, meaning]) => ({ status: Number(status), meaning })),
    environment: variables.map(([name, meaning]) => ({ name, meaning })),
    files: files.map(([path, meaning]) => ({ path, meaning })),
  }
}

/** Options of every command are left out. */
function commandDocument({ name, alias, group, summary }: CommandEntry, command: Command): object {
  return {
    name,
    alias,
    group,
    summary,
    usage: `bakthat ${name} ${usageOf(command)}`,
    arguments: command.arguments,
    options: optionDocuments(command.options),
    examples: command.examples.map(([line, does]) => ({ command: line, does })),
  }
}

function optionDocuments(options: OptionTable): readonly object[] {
  return Object.entries(options).map(([name, option]) => ({ name, ...option }))
}
