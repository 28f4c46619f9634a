import { readRotation, type Rotation } from '@bakthat/config'
import type { RotateOptions } from '@bakthat/core'

/** Keys that say how periods are told apart, and not what to keep. */
const calendarKeys: ReadonlySet<string> = new Set<keyof Rotation>(['first_week_day', 'time_zone', 'policy'])

/**
 * The policy of a call: its own rules, else the profile's. How periods are told apart is as the profile says where the call
 * does not.
 */
export function policyFor(usual: Rotation = {}, asked: Rotation = {}): RotateOptions['policy'] {
  const own = readRotation(asked)
  const hasRules = Object.keys(own).some((key) => !calendarKeys.has(key))
  const inherited = Object.entries(usual).filter(([key]) => !hasRules || calendarKeys.has(key))
  const { first_week_day, time_zone, policy, ...rules }: Rotation = { ...Object.fromEntries(inherited), ...own }
  const calendar = { firstWeekDay: first_week_day, timeZone: time_zone, algorithm: policy }
  const given = Object.entries(calendar).filter(([, value]) => value !== undefined)
  return { ...rules, ...Object.fromEntries(given) }
}
