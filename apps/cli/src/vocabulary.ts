import { BakthatError, didYouMean, suggestion } from '@bakthat/errors'
import type { CommandEntry } from './commands/index.js'

/** The command that the first words name. */
export function findCommand(words: readonly string[], entries: readonly CommandEntry[]): CommandEntry | undefined {
  if (words.length === 0) return undefined
  const named = [words[0], words.slice(0, 2).join(' ')]
  return entries.find(({ name, alias }) => named.includes(name) || (alias !== undefined && named.includes(alias)))
}

/** How many words a command's name has; its alias has as many. */
export function lengthOfName({ name }: CommandEntry): number {
  return name.split(' ').length
}

/** The commands of two words that begin with this one. */
export function familyOf(word: string, entries: readonly CommandEntry[]): readonly CommandEntry[] {
  return entries.filter(({ name }) => name.startsWith(`${word} `))
}

/** Whether there is one word, and commands of two words begin with it. */
export function isFamily(words: readonly string[], entries: readonly CommandEntry[]): boolean {
  return words.length === 1 && familyOf(words[0]!, entries).length > 0
}

/** Words that name no command, or no words at all. `problem`: why other commands may be unknown. */
export function unknownCommand(
  words: readonly string[],
  entries: readonly CommandEntry[],
  problem?: BakthatError,
): BakthatError {
  const [first, second] = words
  if (first === undefined)
    return new BakthatError('INVALID_INPUT', 'no command was given', { hint: 'bakthat --help lists the commands' })
  const family = familyOf(first, entries)
  if (family.length === 0) {
    const isLikeAny = suggestion(first, namesOf(entries)) !== undefined
    if (problem !== undefined && !isLikeAny) return problem
    return misspelt(first, namesOf(entries), 'bakthat --help lists the commands')
  }
  const hint = `bakthat ${first} --help lists the commands`
  if (second === undefined)
    return new BakthatError('INVALID_INPUT', `bakthat ${first} is not a whole command`, { hint })
  return misspelt(`${first} ${second}`, namesOf(family), hint)
}

function misspelt(written: string, known: readonly string[], otherwise: string): BakthatError {
  return new BakthatError('INVALID_INPUT', `there is no command ${JSON.stringify(written)}`, {
    hint: didYouMean(written, known) ?? otherwise,
  })
}

function namesOf(entries: readonly CommandEntry[]): readonly string[] {
  return entries.flatMap(({ name, alias }) => (alias === undefined ? [name] : [name, alias]))
}
