import type { Rotatable, RotationPolicy, Unit, WeekDay } from '@bakthat/rotation'

/**
 * What the classic algorithm keeps, written from its definition alone, in UTC: of each of so many calendar periods, the
 * last of which `now` lies in, the oldest date; and whatever is dated after `now`. The planner finds periods from
 * backups; this goes through the periods, and looks for a backup in each.
 */
export function grandfathersonOracle(backups: readonly Rotatable[], policy: RotationPolicy, now: Date): Set<number> {
  const dates = backups.map(({ date }) => date.getTime())
  const keep = new Set(dates.filter((date) => date > now.getTime()))
  for (const unit of ['hours', 'days', 'weeks', 'months', 'years'] as const)
    for (let ago = 0; ago < (policy[unit] ?? 0); ago++) {
      const begin = beginOf(unit, ago, now, policy.firstWeekDay ?? 5)
      const end = ago === 0 ? Infinity : beginOf(unit, ago - 1, now, policy.firstWeekDay ?? 5)
      const inside = dates.filter((date) => date >= begin && date < end && date <= now.getTime())
      if (inside.length > 0) keep.add(Math.min(...inside))
    }
  return keep
}

const dayLength = 86_400_000

/** The first moment of the period that is so many before that of `now`. */
function beginOf(unit: Unit, ago: number, now: Date, firstWeekDay: WeekDay): number {
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()]
  if (unit === 'years') return Date.UTC(year - ago, 0)
  if (unit === 'months') return Date.UTC(year, month - ago)
  if (unit === 'hours') return Math.floor(now.getTime() / 3_600_000 - ago) * 3_600_000
  let midnight = Math.floor(now.getTime() / dayLength) * dayLength
  if (unit === 'days') return midnight - ago * dayLength
  // Sunday is 0 to a Date, and 6 here.
  while ((new Date(midnight).getUTCDay() + 6) % 7 !== firstWeekDay) midnight -= dayLength
  return midnight - ago * 7 * dayLength
}
