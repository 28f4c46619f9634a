import yargs, { type Argv } from 'yargs'
import { BakthatError, exitCodes } from '@bakthat/errors'
import type { Command, Given, OptionTable } from './command.js'
import { commands, type CommandEntry } from './commands/index.js'
import { commonOptions, groups } from './options.js'
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

const widestHelp = 100

/**
 * Understands a command line; runs nothing. `columns`: the width of the terminal that help is to fit.
 *
 * Throws `INVALID_INPUT` for what is not known or does not fit, with the likely word for a misspelt one. Values are never
 * echoed: what stands behind a misspelt option may be a secret.
 */
export async function parseCommandLine(argv: readonly string[], columns = 80): Promise<Request> {
  refusePassword(argv)
  let request: Request | undefined
  let help = ''
  const parser = buildParser(Math.min(columns, widestHelp), (chosen) => (request = chosen))
  const { _: words } = await parser.parseAsync(argv, {}, (_error: unknown, _given: unknown, text: string) => {
    help = text
  })
  if (help !== '') return { kind: 'help', text: `${help}\n` }
  if (request !== undefined) return request
  throw unknownCommand(words[0])
}

/** The parser of all commands. What is chosen is handed to `onRequest`. */
export function buildParser(columns: number, onRequest: (request: CommandRequest) => void): Argv {
  const parser = withoutTypes(yargs())
    .scriptName('bakthat')
    .locale('en')
    .usage('Usage: $0 <command> [options]\n\nBackups to a directory, compressed, encrypted, and given back.')
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'greedy-arrays': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
    })
    .options(commonOptions)
    .help('help', 'Show help')
    .alias('help', 'h')
    .version(false)
    .option('version', { type: 'boolean', description: 'Show the version' })
    .group(['help', 'version'], groups.output)
    .example('$0 backup ~/photos', 'back a directory up')
    .example('$0 show', 'see what there is')
    .example('$0 restore photos --to /tmp/again', 'get the newest one back')
    .epilogue(`${exitStatuses()}\n\n$0 <command> --help tells more about a command.`)
    .wrap(columns)
    .exitProcess(false)
    .fail((message: string, error: Error | undefined) => {
      throw error ?? new BakthatError('INVALID_INPUT', sentence(message), { hint: helpHint })
    })
  for (const entry of commands) addCommand(parser, entry, onRequest)
  return parser
}

const helpHint = 'bakthat --help lists commands and options'

/** Leaves out `[string]` and the like from help; its types do not know the method. */
function withoutTypes(parser: Argv): Argv {
  return (parser as Argv & { usageConfiguration(options: object): Argv }).usageConfiguration({ 'hide-types': true })
}

/** What yargs says of a mistake, as a message of ours. */
function sentence(message: string): string {
  const [, option] = /^Not enough arguments following: (.*)$/.exec(message) ?? []
  return option === undefined ? message : `${dashed(option)} needs a value`
}

function addCommand(parser: Argv, entry: CommandEntry, onRequest: (request: CommandRequest) => void): void {
  const { name, alias, summary, load } = entry
  parser.command({
    command: name,
    ...(alias !== undefined && { aliases: [alias] }),
    describe: summary,
    builder: async (own: Argv) => declare(own, entry, await load()),
    handler: async (values) => {
      const command = await load()
      onRequest({ kind: 'command', command, ...checkGiven(values, name, command.options) })
    },
  })
}

function declare(parser: Argv, { name, argument, summary }: CommandEntry, command: Command): Argv {
  const argumentHelp = `  ${argument.replaceAll(/[[\]<>]/g, '')}: ${command.argument}`
  parser.usage(`Usage: $0 ${name} ${argument} [options]\n\n${summary}.\n\n${argumentHelp}`).options(command.options)
  for (const [commandLine, does] of command.examples) parser.example(commandLine, does)
  return parser
}

function exitStatuses(): string {
  const lines = Object.entries(exitCodes).map(([status, meaning]) => `  ${status.padEnd(5)}${meaning}`)
  return ['Exit status:', ...lines].join('\n')
}
