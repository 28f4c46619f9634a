import { describeReason, type KeepReason } from '@bakthat/rotation'
import type { DeleteOlderThanResult, RotateResult } from 'bakthat'
import { backupDocument } from '../print/backup-document.js'

/** A plan and what was done of it, for JSON. */
export function thinDocument(result: RotateResult | DeleteOlderThanResult): object {
  return {
    name: result.name,
    backend: result.backend,
    container: result.container,
    dry_run: result.dryRun,
    ...('policy' in result ? { policy: policyDocument(result.policy) } : { interval: result.interval }),
    problem: result.problem,
    keep: result.keep.map(({ backup, reasons }) => ({
      ...backupDocument(backup),
      reasons: reasons.map(reasonDocument),
    })),
    remove: result.remove.map(({ backup, paidUntil }) => ({ ...backupDocument(backup), paid_until: paidUntil })),
    removed: result.removed.map(({ storedFilename }) => storedFilename),
    deferred: result.deferred.map(({ storedFilename, deferredUntil }) => ({
      stored_filename: storedFilename,
      deferred_until: deferredUntil,
    })),
    failed: result.failed.map(({ backup, problem }) => ({ stored_filename: backup.storedFilename, problem })),
  }
}

/** A reason, as data and as people read it. */
export function reasonDocument(reason: KeepReason): object {
  return { ...reason, text: describeReason(reason) }
}

/** A policy by the keys that a profile has for it. */
export function policyDocument({
  firstWeekDay: first_week_day,
  timeZone: time_zone,
  algorithm: policy,
  ...rules
}: RotateResult['policy']): object {
  return { ...rules, first_week_day, time_zone, policy }
}
