import type { Backup } from 'bakthat'
import { report, type Outcome } from '../outcome.js'
import { backupDocument } from '../print/backup-document.js'
import { showControls } from '../print/width.js'
import { formatSize } from '../size.js'

/** A backup that was deleted. */
export function deleteOutcome(backup: Backup): Outcome {
  const { storedFilename, size, backend } = backup
  return {
    document: () => backupDocument(backup),
    text: (style) => report(`deleted ${style.bold(showControls(storedFilename))} (${formatSize(size)}, ${backend})\n`),
  }
}
