import type { Backup, RemoveResult } from 'bakthat'
import { report, type Outcome } from '../outcome.js'
import { backupDocument } from '../print/backup-document.js'
import { daysBetween, formatMoment } from '../print/dates.js'
import { showControls } from '../print/width.js'
import { formatSize } from '../size.js'

/** A backup that was deleted, or that will be once its lock has ended. */
export function deleteOutcome(result: RemoveResult, now: Date): Outcome {
  const { storedFilename, size, backend, deferredUntil, paidUntil } = result
  const what = `(${formatSize(size)}, ${backend})`
  return {
    document: () => ({ ...backupDocument(result), deferred_until: deferredUntil, paid_until: paidUntil }),
    text: (style) => {
      const name = style.bold(showControls(storedFilename))
      if (deferredUntil === undefined)
        return report(`deleted ${name} ${what}\n`, {
          notes:
            paidUntil === undefined
              ? []
              : [`the store charges for it until ${formatMoment(paidUntil)}, ${daysBetween(now, paidUntil)}`],
        })
      const [state, why] = paidUntil === undefined ? ['locked', 'the store keeps it'] : ['kept', 'it is paid for']
      return report(`${style.yellow(state)} ${name} ${what}: not deleted\n`, {
        notes: [
          `${why} until ${formatMoment(deferredUntil)}; then delete it with: bakthat cleanup`,
          'to keep it after all, give the same command with --cancel',
        ],
      })
    },
  }
}

/** A backup that no longer waits for its deletion. */
export function cancelOutcome(backup: Backup): Outcome {
  const { storedFilename, size, backend } = backup
  return {
    document: () => backupDocument(backup),
    text: (style) =>
      report(
        `kept ${style.bold(showControls(storedFilename))} (${formatSize(size)}, ${backend}): nothing deletes it later\n`,
      ),
  }
}
