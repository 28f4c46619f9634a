import { exitCodeOf } from '@bakthat/errors'
import type { MigrateResult } from 'bakthat'
import { report, someItemsFailed, type Outcome } from '../outcome.js'
import { backupDocument } from '../print/backup-document.js'
import { formatMoment } from '../print/dates.js'
import { formatCount } from '../print/quantities.js'
import type { Style } from '../print/style.js'
import { showControls } from '../print/width.js'
import { shortened } from './shortened.js'

/** Backups that were copied from one destination to another, or will be. */
export function migrateOutcome(result: MigrateResult): Outcome {
  const { copied, present, pending, removed, failed } = result
  const isThere = new Set([...copied, ...present])
  return {
    document: () => ({
      copied: copied.map(backupDocument),
      present: present.map(backupDocument),
      pending: pending.map(({ backup, tier, askedAt, expectedAt }) => ({
        stored_filename: backup.storedFilename,
        tier,
        asked_at: askedAt.toISOString(),
        expected_at: expectedAt?.toISOString(),
      })),
      removed: removed.map((backup) => ({
        ...backupDocument(backup),
        deferred_until: backup.deferredUntil,
        paid_until: backup.paidUntil,
      })),
      failed: failed.map(({ backup, problem }) => ({ stored_filename: backup.storedFilename, problem })),
    }),
    text: (style) =>
      report(textOf(result, style), {
        problems: shortened(
          failed.map(({ backup, problem }) => {
            const what = isThere.has(backup) ? 'was not deleted at the source' : 'was not copied'
            return showControls(`${backup.storedFilename} ${what}: ${problem.message}`)
          }),
        ),
        notes: notesOf(result),
      }),
    exitStatus: failed.length > 0 ? someItemsFailed : pending.length > 0 ? exitCodeOf('PENDING') : 0,
  }
}

function textOf({ copied, present, pending, removed }: MigrateResult, style: Style): string {
  const lines = copied.map(({ storedFilename }) => `${style.green('copied')}  ${showControls(storedFilename)}`)
  const counts = [`${formatCount(copied.length)} copied`, `${formatCount(present.length)} there already`]
  if (pending.length > 0) counts.push(`${formatCount(pending.length)} being brought back`)
  if (removed.length > 0) counts.push(`${formatCount(removed.length)} deleted at the source, or to be deleted`)
  return `${[...lines, counts.join(', ')].join('\n')}\n`
}

function notesOf({ pending, removed }: MigrateResult): readonly string[] {
  const expected = pending.flatMap(({ expectedAt }) => expectedAt?.getTime() ?? [])
  const paid = removed.flatMap(({ paidUntil }) => paidUntil?.getTime() ?? [])
  return [
    ...(pending.length === 0 ? [] : ['run the same command again for the rest: it copies what has come back']),
    ...(expected.length === 0 ? [] : [`the last is expected by ${formatMoment(new Date(Math.max(...expected)))}`]),
    ...(paid.length === 0
      ? []
      : [
          `${formatCount(paid.length)} are charged for at the source until ${formatMoment(new Date(Math.max(...paid)))}`,
        ]),
  ]
}
