import type { DeleteOlderThanResult, RotateResult } from 'bakthat'
import { report, someItemsFailed, type Outcome, type OutcomeText } from '../outcome.js'
import { formatDay } from '../print/dates.js'
import { formatPlan } from '../print/plan-table.js'
import { formatCount } from '../print/quantities.js'
import type { Style } from '../print/style.js'
import { showControls } from '../print/width.js'
import { formatSize } from '../size.js'
import { shortened } from './shortened.js'
import { thinDocument } from './thin-document.js'

type Thinned = RotateResult | DeleteOlderThanResult

/** What became of the backups of one name: the plan, and what was done of it. */
export function thinOutcome(result: Thinned): Outcome {
  return {
    document: () => thinDocument(result),
    text: (style, columns) => textOf([result], style, columns),
    exitStatus: statusOf([result]),
  }
}

/** The same for several names. */
export function thinOutcomes(results: readonly Thinned[]): Outcome {
  return {
    document: () => results.map(thinDocument),
    text: (style, columns) => textOf(results, style, columns),
    exitStatus: statusOf(results),
  }
}

function statusOf(results: readonly Thinned[]): number {
  return results.some((result) => problemsOf(result).length > 0) ? someItemsFailed : 0
}

function textOf(results: readonly Thinned[], style: Style, columns: number | undefined): OutcomeText {
  const texts = results.map((result) => `${titleOf(result, style)}\n${formatPlan(result, style, columns)}`)
  const nothing = results.length === 0 ? 'there are no backups here\n' : ''
  return {
    ...report(nothing + texts.join('\n'), {
      problems: shortened(results.flatMap(problemsOf).map(showControls)),
      notes: results.flatMap(notesOf),
    }),
    isAnswer: results.some(({ dryRun }) => dryRun),
  }
}

function titleOf({ name, backend, container, keep, dryRun, ...result }: Thinned, style: Style): string {
  const done = result.removed.reduce((sum, { size }) => sum + size, 0)
  const planned = result.remove.reduce((sum, { backup }) => sum + backup.size, 0)
  const counts = dryRun
    ? `${formatCount(keep.length)} to keep, ${formatCount(result.remove.length)} to remove (${formatSize(planned)})`
    : `${formatCount(keep.length)} kept, ${formatCount(result.removed.length)} removed (${formatSize(done)})` +
      (result.deferred.length === 0 ? '' : `, ${formatCount(result.deferred.length)} to go later`)
  return `${style.bold(showControls(name))} in ${backend} (${showControls(container)}): ${counts}`
}

function problemsOf({ name, problem, failed, keep }: Thinned): readonly string[] {
  const missing = keep.filter(({ reasons }) => reasons.some(({ rule }) => rule === 'missing')).length
  return [
    ...(problem === undefined ? [] : [`${name} was not rotated: ${problem.message}`]),
    ...failed.map(({ backup, problem: why }) => `${backup.storedFilename} was not removed: ${why.message}`),
    ...(missing === 0
      ? []
      : [`no longer in the storage: ${formatCount(missing)} of ${name}; mend the catalog with: bakthat sync`]),
  ]
}

function notesOf({ remove, deferred, dryRun }: Thinned): readonly string[] {
  const later = new Set(deferred.map(({ id }) => id))
  const paid = remove.filter(({ backup, paidUntil }) => paidUntil !== undefined && !later.has(backup.id))
  const size = formatSize(paid.reduce((sum, { backup }) => sum + backup.size, 0))
  const latest = new Date(Math.max(...paid.map(({ paidUntil }) => paidUntil!.getTime())))
  return [
    ...(paid.length === 0
      ? []
      : [
          `charged for all the same: ${formatCount(paid.length)} of those ${dryRun ? 'to remove' : 'removed'} (${size}), ` +
            `the last until ${formatDay(latest)}; their storage class has a minimum time`,
        ]),
    ...(deferred.length === 0
      ? []
      : [`to go later: ${formatCount(deferred.length)}; when they can, remove them with: bakthat cleanup`]),
  ]
}
