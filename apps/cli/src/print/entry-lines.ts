import type { BackupEntry } from 'bakthat'
import { formatSize } from '../size.js'
import { formatMinute } from './dates.js'

/** What the columns say of an entry. */
export interface EntryCells {
  readonly mode: string
  readonly size: string
  readonly changed: string
  readonly path: string
}

/** Entries as lines of a table, which is written while it is read: its columns are as wide as they have to be for any. */
export async function* entryLines(entries: AsyncIterable<BackupEntry>): AsyncGenerator<string> {
  yield lineOf({ mode: 'Mode', size: 'Size', changed: 'Changed (UTC)', path: 'Path' })
  for await (const entry of entries) yield lineOf(entryCells(entry))
}

/** When something was changed last; `undefined` for a time that no calendar has. */
export function modifiedAt(mtimeNs: bigint): Date | undefined {
  const date = new Date(Number(mtimeNs / 1_000_000n))
  return Number.isNaN(date.getTime()) ? undefined : date
}

/** What the columns say of an entry, as texts: its mode, size, time of change and path. */
export function entryCells({ type, path, size, mode, mtimeNs, linkTarget }: BackupEntry): EntryCells {
  const modified = modifiedAt(mtimeNs)
  const link = linkTarget === undefined ? '' : `${type === 'hardlink' ? ' = ' : ' -> '}${linkTarget}`
  return {
    mode: modeText(type, mode),
    size: type === 'file' ? formatSize(size) : '',
    changed: modified === undefined ? '' : formatMinute(modified),
    path: `${path}${type === 'directory' ? '/' : link}`,
  }
}

function lineOf({ mode, size, changed, path }: EntryCells): string {
  return `${mode.padEnd(10)}  ${size.padStart(8)}  ${changed.padEnd(16)}  ${path}`
}

const letters = {
  file: '-',
  hardlink: '-',
  directory: 'd',
  symlink: 'l',
  fifo: 'p',
  'character-device': 'c',
  'block-device': 'b',
} as const

/** As `ls -l` has it: `-rw-r--r--`. */
function modeText(type: BackupEntry['type'], mode: number): string {
  const marks = [0o4000, 0o2000, 0o1000].map((bit) => (mode & bit) !== 0)
  const groups = [6, 3, 0].map((shift, at) => triple((mode >> shift) & 7, marks[at] === true, at === 2 ? 't' : 's'))
  return letters[type] + groups.join('')
}

function triple(bits: number, isMarked: boolean, mark: string): string {
  const executes = (bits & 1) !== 0
  const last = isMarked ? (executes ? mark : mark.toUpperCase()) : executes ? 'x' : '-'
  return `${(bits & 4) !== 0 ? 'r' : '-'}${(bits & 2) !== 0 ? 'w' : '-'}${last}`
}
