import { BakthatError } from '@bakthat/errors'
import type { ParsedValues } from './cli.js'
import type { Given, OptionTable } from './command.js'
import { commands } from './commands/index.js'
import { commonOptions } from './options.js'
import { suggest } from './suggestion.js'

/** An option as people write it. */
export function dashed(name: string): string {
  return name.length === 1 ? `-${name}` : `--${name}`
}

/** A password on the command line can be read by everybody on the machine: refuses it, without repeating it. */
export function refusePassword(argv: readonly string[]): void {
  const end = argv.indexOf('--')
  const given = argv.slice(0, end === -1 ? argv.length : end)
  if (!given.some((word) => /^--(password|passphrase)(=|$)/.test(word))) return
  throw new BakthatError('INVALID_INPUT', 'a password on the command line can be seen by everybody on this machine', {
    hint: 'use --password-file FILE, BAKTHAT_PASSWORD, password_command in the profile, or answer the question',
  })
}

/** A word that is no command, or no word at all. */
export function unknownCommand(word: string | number | undefined): BakthatError {
  if (word === undefined)
    return new BakthatError('INVALID_INPUT', 'no command was given', { hint: 'bakthat --help lists the commands' })
  const names = commands.flatMap(({ name, alias }) => (alias === undefined ? [name] : [name, alias]))
  const meant = suggest(String(word), names)
  return new BakthatError('INVALID_INPUT', `there is no command ${JSON.stringify(word)}`, {
    hint: meant === undefined ? 'bakthat --help lists the commands' : `did you mean ${meant}?`,
  })
}

/** What every command is given beside its own options. */
interface CommonGiven {
  readonly given: Given<OptionTable>
  readonly json: boolean
  readonly quiet: boolean
  readonly prompt: 'yes' | 'no' | undefined
}

/** What was given to a command, if all of it is known and nothing is given too often: `INVALID_INPUT` otherwise. */
export function checkGiven(values: ParsedValues, command: string, own: OptionTable): CommonGiven {
  const options: OptionTable = { ...commonOptions, ...own }
  refuseUnknown(values, command, options)
  for (const [name, option] of Object.entries(options)) {
    if (option.array !== true && Array.isArray(values[name]))
      throw new BakthatError('INVALID_INPUT', `--${name} was given more than once`, { hint: 'give it once' })
  }
  const [, argument, ...more] = values._
  if (more.length > 0)
    throw new BakthatError('INVALID_INPUT', `${command} takes one argument, but ${more.length + 1} were given`, {
      hint: 'put quotes around a name that has spaces',
    })
  return {
    given: { ...values, ...(argument !== undefined && { argument: String(argument) }) },
    json: values.json === true,
    quiet: values.quiet === true,
    prompt: values.prompt === 'yes' || values.prompt === 'no' ? values.prompt : undefined,
  }
}

function refuseUnknown(values: ParsedValues, command: string, options: OptionTable): void {
  const aliases = Object.values(options).flatMap(({ alias }) => alias ?? [])
  const known = Object.keys(options)
  const others = ['_', '$0', ...aliases]
  const unknown = Object.keys(values).find((name) => !known.includes(name) && !others.includes(name))
  if (unknown === undefined) return
  const meant = unknown.length === 1 ? undefined : suggest(unknown, known)
  throw new BakthatError('INVALID_INPUT', `${command} has no option ${dashed(unknown)}`, {
    hint: meant === undefined ? `bakthat ${command} --help lists its options` : `did you mean --${meant}?`,
  })
}
