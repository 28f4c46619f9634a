import type { OpenOptions } from 'bakthat'
import type { Argument, Command, Given, OptionTable, Words } from './command.js'
import { commands, type CommandEntry } from './commands/index.js'
import { settingsOf } from './given.js'
import { parseWords } from './parser.js'
import { commonOptions, destinationOptions } from './options.js'
import type { LoadedCommands } from './plugin-commands.js'
import { checkGiven, checkOptions, refusePassword } from './strictness.js'
import type { Telling } from './telling.js'
import { findCommand, isFamily, unknownCommand } from './vocabulary.js'

/** A command line, understood: a command to run, or a text to print. */
export type Request = CommandRequest | { readonly kind: 'help'; readonly text: string }

/** A command to run, with what was given. */
export interface CommandRequest {
  readonly kind: 'command'
  readonly command: Command
  readonly given: Given<OptionTable>
  readonly words: Words<readonly Argument[]>
  readonly telling: Telling
  readonly prompt: 'yes' | 'no' | undefined
}

/** Options that may stand before the command. */
const leadingOptions: OptionTable = { ...commonOptions, ...destinationOptions }

/**
 * Understands a command line; runs nothing. `columns`: the width of the terminal that help is to fit.
 *
 * Throws `INVALID_INPUT` for what is not known or does not fit, with the likely word for a misspelt one. Values are not
 * echoed: what stands behind a misspelt option may be a secret. `pluginCommands` is asked where a command is not built in, and for
 * the list of all of them. Where it cannot tell, and the word is like none that is known, its problem is thrown: a plugin may
 * have the command.
 */
export async function parseCommandLine(
  argv: readonly string[],
  columns = 80,
  pluginCommands: (settings: OpenOptions) => Promise<LoadedCommands> = () => Promise.resolve({ entries: [] }),
): Promise<Request> {
  refusePassword(argv)
  const words = argv[0] === 'help' ? [...argv.slice(1), '--help'] : argv
  const leading = parseWords(words, leadingOptions)
  const builtIn = findCommand(leading.words, commands)
  if (builtIn !== undefined) return parseCommand(words, builtIn, columns)
  const { entries, problem } = await pluginCommands(settingsOf(leading.options))
  const all = [...commands, ...entries]
  const entry = findCommand(leading.words, all)
  if (entry !== undefined) return parseCommand(words, entry, columns)
  const isHelp = leading.options.help === true
  if (isHelp && isFamily(leading.words, all)) return help(leading.words, all, columns)
  if (leading.words.length > 0) throw unknownCommand(leading.words, all, problem)
  checkOptions(leading, 'bakthat', leadingOptions)
  if (!isHelp) throw unknownCommand([], all)
  return help([], all, columns)
}

async function help([family]: readonly string[], entries: readonly CommandEntry[], columns: number): Promise<Request> {
  const { formatFamilyHelp, formatHelp } = await import('./help.js')
  return {
    kind: 'help',
    text: family === undefined ? formatHelp(entries, columns) : formatFamilyHelp(family, entries, columns),
  }
}

async function parseCommand(words: readonly string[], entry: CommandEntry, columns: number): Promise<Request> {
  const command = await entry.load()
  const options = { ...command.options, ...commonOptions }
  const parsed = parseWords(words, options)
  if (parsed.options.help !== true) return { kind: 'command', command, ...checkGiven(parsed, entry, command, options) }
  return { kind: 'help', text: (await import('./help.js')).formatCommandHelp(entry, command, columns) }
}
