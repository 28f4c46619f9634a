import { BakthatError } from '@bakthat/errors'
import { timesText, type Times } from './times.js'

/** A backup that is made again and again, without a person. */
export interface Schedule {
  readonly name: string
  readonly times: Times
  /** An absolute path: where the backup starts, and what its relative paths start from. */
  readonly directory: string
  /** The words of the backup, as they were given. */
  readonly words: readonly string[]
  /** Whether a rotation follows. */
  readonly rotate: boolean
  /** The program to run, by its absolute path, and its arguments. */
  readonly command: readonly string[]
}

/** What is written beside what the system reads, for those who list schedules. */
export interface Note {
  /** As {@link timesText} gives it. */
  readonly times: string
  readonly directory: string
  readonly words: readonly string[]
  readonly rotate: boolean
}

const marker = 'bakthat schedule'

/** Names that are safe in the names of files and units, and need no quotes anywhere. */
const namePattern = '[A-Za-z0-9][A-Za-z0-9._-]{0,63}'

/** `INVALID_INPUT` for a name that cannot be part of a file's or unit's name, and for text that some format cannot hold. */
export function checkSchedule({ name, directory, command }: Schedule): void {
  // Two hyphens would end a comment of XML.
  if (!new RegExp(`^${namePattern}$`).test(name) || name.includes('--'))
    throw new BakthatError('INVALID_INPUT', `${JSON.stringify(name)} is not a name for a schedule`, {
      hint: 'up to 64 letters, digits, dots, underscores and single hyphens, the first a letter or digit',
    })
  if ([directory, ...command].some((text) => /[\x00-\x1f\x7f]|[\ufffe\uffff]|\p{Surrogate}/u.test(text)))
    throw new BakthatError('INVALID_INPUT', 'a schedule cannot hold control characters, such as the end of a line', {
      hint: 'put them into a script or a file, and name that',
    })
}

/** One line that marks what is ours, fit for a comment of any format: `bakthat schedule NAME {…}`. */
export function noteOf({ name, times, directory, words, rotate }: Schedule): string {
  const note: Note = { times: timesText(times), directory, words, rotate }
  // Two hyphens would end a comment of XML.
  return `${marker} ${name} ${JSON.stringify(note).replace(/-(?=-)/g, '\\u002d')}`
}

/** The note in a text of ours; `undefined` if it is not ours. Without `note` where somebody has changed it. */
export function readNote(text: string): { readonly name: string; readonly note: Note | undefined } | undefined {
  const match = new RegExp(`\\b${marker} (${namePattern}) (\\{.*\\})`).exec(text)
  return match === null ? undefined : { name: match[1]!, note: parseNote(match[2]!) }
}

function parseNote(json: string): Note | undefined {
  try {
    const { times, directory, words, rotate } = JSON.parse(json) as Partial<Record<keyof Note, unknown>>
    const isText = (value: unknown): value is string => typeof value === 'string'
    if (!isText(times) || !isText(directory) || !Array.isArray(words) || !words.every(isText)) return undefined
    return { times, directory, words, rotate: rotate === true }
  } catch {
    return undefined
  }
}
