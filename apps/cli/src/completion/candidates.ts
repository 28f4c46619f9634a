import type { Argument, Option, OptionTable } from '../command.js'
import type { CommandEntry } from '../commands/index.js'
import { commonOptions, destinationOptions } from '../options.js'
import { parseWords } from '../parser.js'
import { findCommand, lengthOfName } from '../vocabulary.js'

/** A word that may stand there, and what it means. */
export interface Candidate {
  readonly word: string
  readonly description: string
}

/** What of the user's own can be completed; each list is made when it is asked for. */
export interface Sources {
  readonly names: () => Promise<readonly Candidate[]>
  readonly storedNames: () => Promise<readonly Candidate[]>
  readonly profiles: () => Promise<readonly Candidate[]>
  readonly tags: () => Promise<readonly Candidate[]>
  readonly destinations: () => Promise<readonly Candidate[]>
  readonly schedules: () => Promise<readonly Candidate[]>
  readonly pluginCommands: () => Promise<readonly CommandEntry[]>
}

/**
 * The words that may stand at the end of a command line. `words`: those after the program's name; the last one is being
 * written and may be empty. Nothing where a file may stand, which shells complete by themselves.
 */
export async function candidatesFor(
  words: readonly string[],
  entries: readonly CommandEntry[],
  sources: Sources,
): Promise<readonly Candidate[]> {
  const current = words.at(-1) ?? ''
  const isHelp = words.length > 1 && words[0] === 'help'
  const before = words.slice(isHelp ? 1 : 0, -1)
  const leading = parseWords(before, { ...commonOptions, ...destinationOptions }).words
  const entry = findCommand(leading, entries)
  const found =
    entry === undefined
      ? await withoutCommand(before, current, leading, entries, sources)
      : isHelp
        ? []
        : await withCommand(before, current, entry, entries, sources)
  return found.filter(({ word }) => word.startsWith(current))
}

function withoutCommand(
  before: readonly string[],
  current: string,
  leading: readonly string[],
  entries: readonly CommandEntry[],
  sources: Sources,
): readonly Candidate[] | Promise<readonly Candidate[]> {
  const options: OptionTable = { ...commonOptions, ...destinationOptions }
  const awaited = awaitedOption(before, options)
  if (awaited !== undefined) return valuesOf(awaited, options[awaited], sources)
  if (current.startsWith('-')) return switchesOf(options)
  const depth = leading.length
  const fitting = entries.filter(({ name }) => leading.every((word, index) => name.split(' ')[index] === word))
  const seen = new Map(
    fitting.map(({ name, summary }) => {
      const words = name.split(' ')
      // A word that several commands begin with stands for none of them.
      const isShared = words.length > depth + 1
      return [words[depth], isShared ? `bakthat ${words.slice(0, depth + 1).join(' ')} …` : summary]
    }),
  )
  return [...seen].flatMap(([word, description]) => (word === undefined ? [] : [{ word, description }]))
}

async function withCommand(
  before: readonly string[],
  current: string,
  entry: CommandEntry,
  entries: readonly CommandEntry[],
  sources: Sources,
): Promise<readonly Candidate[]> {
  const command = await entry.load()
  const options: OptionTable = { ...command.options, ...commonOptions }
  const isOver = before.includes('--')
  const awaited = isOver ? undefined : awaitedOption(before, options)
  if (awaited !== undefined) return valuesOf(awaited, options[awaited], sources)
  if (current.startsWith('-') && !isOver) return switchesOf(options)
  const given = parseWords(before, options).words.length - lengthOfName(entry)
  const last = command.arguments.at(-1)
  const name = command.arguments[given]?.name ?? (last?.kind === 'rest' ? last.name : '')
  if (name === 'command') return entries.map(({ name: word, summary: description }) => ({ word, description }))
  // A command that looks into no destination means names of its own.
  if (name === 'name' && !('destination' in options)) return []
  return valuesOf(name, undefined, sources)
}

/** The option whose value comes next. */
export function awaitedOption(before: readonly string[], options: OptionTable): string | undefined {
  const last = before.at(-1) ?? ''
  const name = Object.keys(options).find((long) => last === `--${long}` || last === `-${options[long]!.alias ?? '-'}`)
  return name !== undefined && options[name]!.kind !== 'flag' ? name : undefined
}

/** What an option or an argument takes: its choices, or what its name says. */
async function valuesOf(
  name: Argument['name'],
  option: Option | undefined,
  sources: Sources,
): Promise<readonly Candidate[]> {
  if (option?.choices !== undefined) return option.choices.map((word) => ({ word, description: '' }))
  switch (name) {
    case 'name':
      return [...(await sources.names()), ...(option === undefined ? await sources.storedNames() : [])]
    case 'query':
      return sources.names()
    case 'profile':
      return sources.profiles()
    case 'tags':
      return sources.tags()
    case 'destination':
      return sources.destinations()
    case 'from':
    case 'to':
      return option?.placeholder === 'NAME' ? sources.destinations() : []
    case 'schedule':
      return sources.schedules()
    case 'shell':
      return ['bash', 'zsh', 'fish'].map((word) => ({ word, description: `The script for ${word}` }))
    default:
      return []
  }
}

function switchesOf(options: OptionTable): readonly Candidate[] {
  return Object.entries(options).map(([name, { description }]) => ({ word: `--${name}`, description }))
}
