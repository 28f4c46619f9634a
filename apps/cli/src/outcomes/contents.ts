import type { BackupEntry } from 'bakthat'
import { answer, type Outcome } from '../outcome.js'
import { modifiedAt } from '../print/entry-lines.js'

/** What is in a backup, for programs. */
export function contentsOutcome(entries: readonly BackupEntry[]): Outcome {
  return { document: () => entries.map(entryDocument), text: () => answer('') }
}

/** One entry of a backup, for JSON. */
export function entryDocument({ path, type, size, mode, mtimeNs, linkTarget }: BackupEntry): object {
  return {
    path,
    type,
    size,
    mode: mode.toString(8).padStart(4, '0'),
    modified: modifiedAt(mtimeNs)?.toISOString(),
    link_target: linkTarget,
  }
}
