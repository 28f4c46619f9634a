import type { RotateResult } from 'bakthat'

const days = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const

/** A policy as a person says it: `7 days, 6 weeks and 6 months; weeks begin on Saturday, days in UTC`. */
export function policyText(policy: RotateResult['policy']): string {
  const { last = 0, within, firstWeekDay = 5, timeZone = 'UTC', algorithm = 'newest' } = policy
  const counts = (['hours', 'days', 'weeks', 'months', 'years'] as const).flatMap((unit) => {
    const count = policy[unit] ?? 0
    return count === 0 ? [] : [count === 1 ? `1 ${unit.slice(0, -1)}` : `${count} ${unit}`]
  })
  const rules = [
    ...(last === 0 ? [] : [last === 1 ? 'the newest' : `the newest ${last}`]),
    ...(within === undefined ? [] : [`all of the last ${within}`]),
    ...counts,
  ]
  const list = rules.length < 2 ? rules.join('') : `${rules.slice(0, -1).join(', ')} and ${rules.at(-1)!}`
  const classic = algorithm === 'grandfatherson' ? ', by the classic algorithm' : ''
  return `${list}${classic}; weeks begin on ${days[firstWeekDay]}, days in ${timeZone}`
}
