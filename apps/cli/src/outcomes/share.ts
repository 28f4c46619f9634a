import type { ShareResult } from 'bakthat'
import { answer, type Outcome } from '../outcome.js'
import { backupDocument } from '../print/backup-document.js'
import { formatMoment } from '../print/dates.js'
import { showControls } from '../print/width.js'

/** A link, alone on standard output. */
export function shareOutcome({ backup, url, expiresAt }: ShareResult): Outcome {
  const name = showControls(backup.storedFilename)
  return {
    document: () => ({ ...backupDocument(backup), url, expires_at: expiresAt }),
    text: () =>
      answer(`${url}\n`, [
        `whoever has this link can read ${name}, as it was stored, until ${formatMoment(expiresAt)}`,
      ]),
  }
}
