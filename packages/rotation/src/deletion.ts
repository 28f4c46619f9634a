import type { Rotatable, RotationPlan } from './contract.js'
import { parseInterval } from './interval.js'
import { Reasons } from './reasons.js'

/**
 * Plans the deletion of the backups of one group that are older than an interval (see {@link parseInterval}), reckoned
 * back from `now`; one that is exactly so old stays. Pure, as `planRotation` is, and with the same guards: what is
 * no copy, locked or dated after `now` stays, and so does the newest complete backup unless `allowEmpty`.
 * Throws `RangeError` for a malformed interval or date.
 *
 * @example
 * ```ts
 * import { planDeletionOlderThan } from '@bakthat/rotation'
 *
 * const backups = [1, 2, 3].map((id) => ({ id, date: new Date(Date.UTC(2026, id)) }))
 * const plan = planDeletionOlderThan(backups, '30D', new Date('2026-04-15T00:00:00Z'))
 * console.log(plan.remove) // the two of February and March
 * ```
 */
export function planDeletionOlderThan<T extends Rotatable>(
  backups: readonly T[],
  interval: string,
  now: Date,
  { allowEmpty = false }: { readonly allowEmpty?: boolean } = {},
): RotationPlan<T> {
  const oldest = now.getTime() - parseInterval(interval) * 1000
  const reasons = new Reasons(backups, now)
  const [newest] = reasons.counted
  if (newest !== undefined && !allowEmpty) reasons.add(newest, { rule: 'newest' })
  for (const backup of reasons.counted)
    if (backup.date.getTime() >= oldest) reasons.add(backup, { rule: 'age', interval })
  return reasons.plan()
}
