import { calendar, type Calendar } from './calendar.js'
import {
  units,
  type KeepReason,
  type Rotatable,
  type RotationPlan,
  type RotationPolicy,
  type Unit,
} from './contract.js'
import { parseInterval } from './interval.js'
import { checkPolicy, hasRule } from './policy.js'

/**
 * Plans which backups of one group stay and which go. Pure: no clock but `now`, no change to what is given, the same
 * answer for any order of it.
 *
 * Whatever the policy: the newest complete backup stays, a policy without a rule removes nothing, and backups that are
 * incomplete, locked or dated after `now` stay (the first and the last of these are not counted either). Planning again
 * over what stayed removes nothing more. Throws `RangeError` for a malformed policy or date.
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
  const reasons = new Map<T, KeepReason[]>(newestFirst(backups).map((backup) => [backup, unconditional(backup, now)]))
  const counted = [...reasons.keys()].filter((backup) => isCounted(backup, now))
  const because = (backup: T, reason: KeepReason): void => {
    reasons.get(backup)!.push(reason)
  }
  if (!hasRule(policy)) for (const backup of counted) because(backup, { rule: 'none' })
  if (counted[0]) because(counted[0], { rule: 'newest' })
  applyLast(counted, policy.last ?? 0, because)
  if (policy.within !== undefined) applyWithin(counted, policy.within, because)
  const zone = calendar(policy.timeZone ?? 'UTC', policy.firstWeekDay ?? 5)
  const applyUnit = policy.algorithm === 'grandfatherson' ? keepOldestInWindow : keepNewestOfEach
  for (const unit of units) applyUnit(counted, unit, policy[unit] ?? 0, { zone, now, because })
  return split(reasons)
}

type Because<T> = (backup: T, reason: KeepReason) => void

interface UnitContext<T> {
  readonly zone: Calendar
  readonly now: Date
  readonly because: Because<T>
}

function newestFirst<T extends Rotatable>(backups: readonly T[]): T[] {
  if (backups.some(({ date }) => Number.isNaN(date.getTime()))) throw new RangeError('a backup has no valid date')
  return [...backups].sort((a, b) => b.date.getTime() - a.date.getTime() || b.id - a.id)
}

function unconditional(backup: Rotatable, now: Date): KeepReason[] {
  if (backup.complete === false) return [{ rule: 'incomplete' }]
  if (backup.date > now) return [{ rule: 'future' }]
  return backup.locked === true ? [{ rule: 'locked' }] : []
}

function isCounted(backup: Rotatable, now: Date): boolean {
  return backup.complete !== false && backup.date <= now
}

function applyLast<T>(counted: readonly T[], count: number, because: Because<T>): void {
  for (const [index, backup] of counted.slice(0, count).entries()) because(backup, { rule: 'last', place: index + 1 })
}

function applyWithin<T extends Rotatable>(counted: readonly T[], interval: string, because: Because<T>): void {
  const newest = counted[0]
  if (newest === undefined) return
  const oldest = newest.date.getTime() - parseInterval(interval) * 1000
  for (const backup of counted) if (backup.date.getTime() >= oldest) because(backup, { rule: 'within', interval })
}

function keepNewestOfEach<T extends Rotatable>(
  counted: readonly T[],
  unit: Unit,
  count: number,
  { zone, because }: UnitContext<T>,
): void {
  // A set, for a clock that is put back over midnight comes to the same day twice.
  const seen = new Set<string>()
  for (const backup of counted) {
    const period = zone.period(unit, backup.date)
    if (seen.has(period)) continue
    if (seen.size === count) return
    seen.add(period)
    because(backup, { rule: unit, period, place: seen.size })
  }
}

function keepOldestInWindow<T extends Rotatable>(
  counted: readonly T[],
  unit: Unit,
  count: number,
  { zone, now, because }: UnitContext<T>,
): void {
  if (count === 0) return
  const oldest = new Map<string, T>()
  for (const backup of counted)
    if (zone.isWithinLast(unit, count, backup.date, now)) oldest.set(zone.period(unit, backup.date), backup)
  for (const [index, [period, backup]] of [...oldest].entries())
    because(backup, { rule: unit, period, place: index + 1 })
}

function split<T>(reasons: ReadonlyMap<T, readonly KeepReason[]>): RotationPlan<T> {
  const all = [...reasons]
  return {
    keep: all.filter(([, why]) => why.length > 0).map(([backup, why]) => ({ backup, reasons: why })),
    remove: all.filter(([, why]) => why.length === 0).map(([backup]) => backup),
  }
}
