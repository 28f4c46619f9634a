import type { Calendar } from './calendar.js'
import { units, type Rotatable, type RotationPlan, type RotationPolicy, type Unit } from './contract.js'
import { parseInterval } from './interval.js'
import { calendarOf, checkPolicy, hasRule } from './policy.js'
import { Reasons } from './reasons.js'

/**
 * Plans which backups of one group stay and which go. Pure: no clock but `now`, no change to what is given, the same
 * answer for any order of it.
 *
 * Whatever the policy: the newest complete backup stays, a policy without a rule removes nothing, and backups that are
 * no copies ({@link Uncounted}), locked or dated after `now` stay (all of these but the locked are not counted either).
 * Planning again over what stayed removes nothing more. Throws `RangeError` for a malformed policy or date.
 *
 * @example
 * ```ts
 * import { planRotation } from '@bakthat/rotation'
 *
 * const backups = [1, 2, 3].map((id) => ({ id, date: new Date(Date.UTC(2026, 2, 15 + id)) }))
 * const plan = planRotation(backups, { days: 2 }, new Date('2026-03-18T12:00:00Z'))
 * console.log(plan.remove) // the one of 16 March
 * ```
 */
export function planRotation<T extends Rotatable>(
  backups: readonly T[],
  policy: RotationPolicy,
  now: Date,
): RotationPlan<T> {
  checkPolicy(policy)
  return planIn(calendarOf(policy), backups, policy, now)
}

/** The same for a policy that was checked, and by a calendar that knows the dates it was asked of before. */
export function planIn<T extends Rotatable>(
  zone: Calendar,
  backups: readonly T[],
  policy: RotationPolicy,
  now: Date,
): RotationPlan<T> {
  const reasons = new Reasons(backups, now)
  const { counted } = reasons
  if (!hasRule(policy)) for (const backup of counted) reasons.add(backup, { rule: 'none' })
  if (counted[0]) reasons.add(counted[0], { rule: 'newest' })
  keepLast(reasons, policy.last ?? 0)
  if (policy.within !== undefined) keepWithin(reasons, policy.within)
  for (const unit of units) {
    if (policy.algorithm === 'grandfatherson') keepOldestInWindow(reasons, unit, policy[unit] ?? 0, { zone, now })
    else keepNewestOfEach(reasons, unit, policy[unit] ?? 0, zone)
  }
  return reasons.plan()
}

function keepLast<T extends Rotatable>(reasons: Reasons<T>, count: number): void {
  for (const [index, backup] of reasons.counted.slice(0, count).entries())
    reasons.add(backup, { rule: 'last', place: index + 1 })
}

function keepWithin<T extends Rotatable>(reasons: Reasons<T>, interval: string): void {
  const newest = reasons.counted[0]
  if (newest === undefined) return
  const oldest = newest.date.getTime() - parseInterval(interval) * 1000
  for (const backup of reasons.counted)
    if (backup.date.getTime() >= oldest) reasons.add(backup, { rule: 'within', interval })
}

function keepNewestOfEach<T extends Rotatable>(reasons: Reasons<T>, unit: Unit, count: number, zone: Calendar): void {
  if (count === 0) return
  // A set, for a clock that is put back over midnight comes to the same day twice.
  const seen = new Set<string>()
  for (const backup of reasons.counted) {
    const period = zone.period(unit, backup.date)
    if (seen.has(period)) continue
    if (seen.size === count) return
    seen.add(period)
    reasons.add(backup, { rule: unit, period, place: seen.size })
  }
}

interface Window {
  readonly zone: Calendar
  readonly now: Date
}

/** The classic algorithm decides about dates: where backups share the oldest date of a period, all of them stay. */
function keepOldestInWindow<T extends Rotatable>(
  reasons: Reasons<T>,
  unit: Unit,
  count: number,
  { zone, now }: Window,
): void {
  if (count === 0) return
  const isInWindow = zone.window(unit, count, now)
  const oldest = new Map<string, T[]>()
  for (const backup of reasons.counted) {
    if (!isInWindow(backup.date)) continue
    const period = zone.period(unit, backup.date)
    const found = oldest.get(period)
    if (found !== undefined && found[0]!.date.getTime() === backup.date.getTime()) found.push(backup)
    else oldest.set(period, [backup])
  }
  for (const [index, [period, backups]] of [...oldest].entries())
    for (const backup of backups) reasons.add(backup, { rule: unit, period, place: index + 1 })
}
