import { BakthatError, suggestion } from '@bakthat/errors'
import type { Argument, Command, Given, Option, OptionTable, Words } from './command.js'
import type { CommandEntry } from './commands/index.js'
import type { Parsed } from './parser.js'
import { tellingOf, type Telling } from './telling.js'
import { lengthOfName } from './vocabulary.js'

/** An option as people write it. */
function dashed(name: string): string {
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

/** What every command is given beside its own options. */
interface CommonGiven {
  readonly given: Given<OptionTable>
  readonly words: Words<readonly Argument[]>
  readonly telling: Telling
  readonly prompt: 'yes' | 'no' | undefined
}

/** What was given to a command, if all of it is known and fits: `INVALID_INPUT` otherwise. */
export function checkGiven(parsed: Parsed, entry: CommandEntry, command: Command, table: OptionTable): CommonGiven {
  const called = `bakthat ${entry.name}`
  checkOptions(parsed, called, table)
  const { prompt } = parsed.options
  return {
    given: parsed.options as Given<OptionTable>,
    words: checkWords(parsed.words.slice(lengthOfName(entry)), command.arguments, called),
    telling: tellingOf((flag) => parsed.options[flag] === true),
    prompt: prompt === 'yes' || prompt === 'no' ? prompt : undefined,
  }
}

/** The words as the arguments that they stand for. */
function checkWords(words: readonly string[], wanted: readonly Argument[], called: string): Words<readonly Argument[]> {
  const missing = wanted.find(({ kind }, index) => kind === 'required' && (words[index] ?? '') === '')
  if (missing !== undefined)
    throw new BakthatError('INVALID_INPUT', `${called} needs <${missing.name}>`, {
      hint: `${missing.description}; see ${called} --help`,
    })
  if (words.length > wanted.length && wanted.at(-1)?.kind !== 'rest') throw tooMany(words.length, wanted.length, called)
  return wanted.map(({ kind }, index) => (kind === 'rest' ? words.slice(index) : words[index]))
}

function tooMany(given: number, wanted: number, called: string): BakthatError {
  if (wanted === 0)
    return new BakthatError('INVALID_INPUT', `${called} takes no argument`, { hint: `see ${called} --help` })
  const most = wanted === 1 ? 'one argument' : `${wanted} arguments`
  return new BakthatError('INVALID_INPUT', `${called} takes ${most}, but ${given} were given`, {
    hint: 'put quotes around a name that has spaces',
  })
}

/** Refuses options that are not known, not finished, given too often, or given what they do not take. */
export function checkOptions({ options, unfinished, overfilled }: Parsed, command: string, table: OptionTable): void {
  if (unfinished !== undefined)
    throw new BakthatError('INVALID_INPUT', `${dashed(unfinished)} needs a value`, {
      hint: `for one that begins with a dash: ${dashed(unfinished)}=VALUE`,
    })
  if (overfilled !== undefined)
    throw new BakthatError('INVALID_INPUT', `${dashed(overfilled)} takes no value`, {
      hint: `give ${dashed(overfilled)} alone, or leave it out`,
    })
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(table, name))
  if (unknown !== undefined) throw unknownOption(unknown, command, Object.keys(table))
  for (const [name, value] of Object.entries(options)) checkOption(name, value, table[name]!)
}

function checkOption(name: string, value: unknown, { kind, choices }: Option): void {
  if (kind !== 'values' && Array.isArray(value))
    throw new BakthatError('INVALID_INPUT', `--${name} was given more than once`, { hint: 'give it once' })
  if (choices !== undefined && !choices.includes(String(value)))
    throw new BakthatError('INVALID_INPUT', `--${name} has a value that it does not take`, {
      hint: `choose one of: ${choices.join(', ')}`,
    })
}

function unknownOption(name: string, command: string, known: readonly string[]): BakthatError {
  const meant = name.length === 1 ? undefined : suggestion(name, known)
  return new BakthatError('INVALID_INPUT', `${command} has no option ${dashed(name)}`, {
    hint: meant === undefined ? `${command} --help lists its options` : `did you mean --${meant}?`,
  })
}
