import type { Backup } from 'bakthat'
import { answer, type Outcome } from '../outcome.js'
import { backupDocument } from '../print/backup-document.js'
import { formatBackups } from '../print/backup-table.js'

/** A list of backups, as they stand now. */
export function showOutcome(backups: readonly Backup[], now = new Date()): Outcome {
  return {
    document: () => backups.map(backupDocument),
    text: (style, columns) => answer(formatBackups(backups, style, columns, now)),
  }
}
