import type { BackupEntry, Difference } from 'bakthat'
import { entryCells, type EntryCells } from './entry-lines.js'

/** What changed as lines of a table, which is written while it is read; nothing at all where nothing changed. */
export async function* differenceLines(differences: AsyncIterable<Difference>): AsyncGenerator<string> {
  let isFirst = true
  for await (const difference of differences) {
    if (isFirst) yield lineOf('Change', { size: 'Size', changed: 'Changed (UTC)', path: 'Path' })
    isFirst = false
    yield lineOf(difference.change, entryCells(entryOf(difference)))
  }
}

/** The entry as it is now, or as it was last. */
export function entryOf(difference: Difference): BackupEntry {
  return difference.change === 'removed' ? difference.before : difference.after
}

function lineOf(change: string, { size, changed, path }: Omit<EntryCells, 'mode'>): string {
  return `${change.padEnd(7)}  ${size.padStart(8)}  ${changed.padEnd(16)}  ${path}`
}
