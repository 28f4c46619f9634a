import yargs, { type Argv } from 'yargs'
import { BakthatError } from '@bakthat/errors'
import type { Command, Given, OptionTable } from './command.js'
import { commands, type CommandEntry } from './commands/index.js'
import { commonOptions } from './options.js'
import { checkGiven, dashed, refusePassword, unknownCommand } from './strictness.js'

/** A command line, understood: a command to run, or a text to print. */
export type Request = CommandRequest | { readonly kind: 'help'; readonly text: string }

/** A command to run, with what was given. */
export interface CommandRequest {
  readonly kind: 'command'
  readonly command: Command
  readonly given: Given<OptionTable>
  readonly json: boolean
  readonly quiet: boolean
  readonly prompt: 'yes' | 'no' | undefined
}

/**
 * Understands a command line; runs nothing. `columns`: the width of the terminal that help is to fit.
 *
 * Throws `INVALID_INPUT` for what is not known or does not fit, with the likely word for a misspelt one. Values are not
 * echoed: what stands behind a misspelt option may be a secret.
 */
export async function parseCommandLine(argv: readonly string[], columns = 80): Promise<Request> {
  refusePassword(argv)
  let chosen: Promise<Request> | undefined
  const parser = buildParser((entry, command, values) => {
    chosen = request(entry, command, values, columns)
  })
  const asked = argv[0] === 'help' ? [...argv.slice(1), '--help'] : argv
  const { _: words, help } = await parser.parseAsync(asked).catch((error: unknown) => {
    throw mistake('', error as Error)
  })
  if (chosen !== undefined) return chosen
  if (help !== true) throw unknownCommand(words[0])
  return { kind: 'help', text: (await import('./help.js')).formatHelp(columns) }
}

type OnChosen = (entry: CommandEntry, command: Command, values: ParsedValues) => void

/** What yargs makes of the words of a command line. */
export type ParsedValues = Readonly<Record<string, unknown>> & { readonly _: readonly (string | number)[] }

/** The parser of all commands, which loads the one that is chosen. It is strict about values; what is unknown is checked later. */
function buildParser(onChosen: OnChosen): Argv<{ help: boolean | undefined }> {
  const parser = yargs()
    .scriptName('bakthat')
    .locale('en')
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'greedy-arrays': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
    })
    .help(false)
    .version(false)
    .options(commonOptions)
    .exitProcess(false)
    .fail((message: string, error: Error | undefined) => {
      throw mistake(message, error)
    })
  for (const entry of commands) addCommand(parser, entry, onChosen)
  return parser
}

function addCommand(parser: Argv, entry: CommandEntry, onChosen: OnChosen): void {
  parser.command({
    command: entry.name,
    ...(entry.alias !== undefined && { aliases: [entry.alias] }),
    describe: entry.summary,
    builder: async (own: Argv) => own.options((await entry.load()).options),
    handler: async (values) => onChosen(entry, await entry.load(), values),
  })
}

async function request(entry: CommandEntry, command: Command, values: ParsedValues, columns: number): Promise<Request> {
  if (values.help !== true) return { kind: 'command', command, ...checkGiven(values, entry.name, command.options) }
  return { kind: 'help', text: (await import('./help.js')).formatCommandHelp(entry, command, columns) }
}

/** A mistake that yargs found, in words of ours. */
function mistake(message: string, error: Error | undefined): unknown {
  if (error !== undefined && error.name !== 'YError') return error
  const [, option] = /^Not enough arguments following: (.*)$/.exec(error?.message ?? message) ?? []
  const [, choice, choices] = /Argument: (\S+), .*Choices: (.*)/.exec(message) ?? []
  if (option !== undefined)
    return new BakthatError('INVALID_INPUT', `${dashed(option)} needs a value`, {
      hint: `for one that begins with a dash: ${dashed(option)}=VALUE`,
    })
  if (choice !== undefined)
    return new BakthatError('INVALID_INPUT', `${dashed(choice)} has a value that it does not take`, {
      hint: `choose one of: ${choices!.replaceAll('"', '')}`,
    })
  return new BakthatError('INVALID_INPUT', message, { hint: 'bakthat --help lists commands and options' })
}
