import { calendar, type Calendar } from './calendar.js'
import { units, type RotationPolicy } from './contract.js'
import { parseInterval } from './interval.js'

/**
 * Throws `RangeError` for a policy that cannot be meant: a count that is no whole number from 0, a key that there is
 * not, an unknown zone, day or algorithm. A mistake must never be taken for the wish to delete more.
 */
export function checkPolicy(policy: RotationPolicy): void {
  for (const [key, value] of Object.entries(policy)) {
    if (value !== undefined && !isValid(key, value))
      throw new RangeError(`the rotation policy cannot have ${key}: ${JSON.stringify(value)}`)
  }
  if (policy.within !== undefined) parseInterval(policy.within)
  calendarOf(policy)
}

/** Tells the periods of a policy apart. Throws `RangeError` for an unknown zone. */
export function calendarOf({ timeZone = 'UTC', firstWeekDay = 5 }: RotationPolicy): Calendar {
  return calendar(timeZone, firstWeekDay)
}

function isValid(key: string, value: unknown): boolean {
  switch (key) {
    case 'within':
    case 'timeZone':
      return typeof value === 'string'
    case 'algorithm':
      return value === 'newest' || value === 'grandfatherson'
    case 'firstWeekDay':
      return isCount(value) && value <= 6
    default:
      return (key === 'last' || (units as readonly string[]).includes(key)) && isCount(value)
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

/** Whether a policy asks for anything to be kept. One that does not is a mistake or a switch, never a wish to delete all. */
export function hasRule(policy: RotationPolicy): boolean {
  return policy.within !== undefined || (policy.last ?? 0) > 0 || units.some((unit) => (policy[unit] ?? 0) > 0)
}
