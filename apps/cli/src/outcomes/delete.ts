import type { RemoveResult } from 'bakthat'
import { report, type Outcome } from '../outcome.js'
import { backupDocument } from '../print/backup-document.js'
import { formatMoment } from '../print/dates.js'
import { showControls } from '../print/width.js'
import { formatSize } from '../size.js'

/** A backup that was deleted, or that will be once its lock has ended. */
export function deleteOutcome(result: RemoveResult): Outcome {
  const { storedFilename, size, backend, deferredUntil, paidUntil } = result
  const what = `(${formatSize(size)}, ${backend})`
  return {
    document: () => ({ ...backupDocument(result), deferred_until: deferredUntil, paid_until: paidUntil }),
    text: (style) => {
      const name = style.bold(showControls(storedFilename))
      if (deferredUntil === undefined)
        return report(`deleted ${name} ${what}\n`, {
          notes: paidUntil === undefined ? [] : [`the store charges for it until ${formatMoment(paidUntil)}`],
        })
      return report(`${style.yellow('locked')} ${name} ${what}: not deleted\n`, {
        notes: [`the store keeps it until ${formatMoment(deferredUntil)}; then delete it with: bakthat cleanup`],
      })
    },
  }
}
