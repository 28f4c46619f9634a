import { BakthatError } from '@bakthat/errors'
import type { Conf } from 'bakthat'
import type { Given } from './command.js'
import { defined } from './given.js'
import { amount, groups, value } from './options.js'

/** The rules of a rotation, by the keys of the profile. */
export type Rotation = NonNullable<Conf['rotation']>

const group = groups.rules

/** Rules on the command line. Values are checked by those who read profiles. */
export const rotationOptions = {
  last: amount({ group, description: 'Keep the newest so many' }),
  hours: amount({ group, description: 'Keep the newest of each of so many hours that have one' }),
  days: amount({ group, description: 'Keep the newest of each of so many days that have one' }),
  weeks: amount({ group, description: 'The same for weeks' }),
  months: amount({ group, description: 'The same for months' }),
  years: amount({ group, description: 'The same for years' }),
  within: value('INTERVAL', {
    group,
    description: 'Keep all that are at most this much older than the newest, such as 30D',
  }),
  'first-week-day': value('DAY', { group, description: 'Day that weeks begin with (default: saturday)' }),
  'time-zone': value('ZONE', { group, description: 'Whose clock tells days apart (default: UTC)' }),
  policy: value('NAME', {
    group,
    choices: ['newest', 'grandfatherson'] as const,
    description: 'Algorithm: newest, the default, or grandfatherson, the classic one',
  }),
}

/** The rules that were given; `undefined` for none, which leaves them to the profile. `INVALID_INPUT` for odd counts. */
export function rotationOf(given: Given<typeof rotationOptions>): Rotation | undefined {
  const { last, hours, days, weeks, months, years, within, policy } = given
  const counts = { last, hours, days, weeks, months, years }
  for (const [option, count] of Object.entries(counts)) checkCount(option, count)
  const rotation = defined({
    ...counts,
    within,
    policy,
    first_week_day: given['first-week-day'],
    time_zone: given['time-zone'],
  })
  return Object.keys(rotation).length === 0 ? undefined : rotation
}

/** `INVALID_INPUT` unless the option, where it was given, is a whole number from 0. */
export function checkCount(option: string, count: number | undefined): void {
  if (count === undefined || (Number.isInteger(count) && count >= 0)) return
  throw new BakthatError('INVALID_INPUT', `--${option} is not a whole number`, { hint: `for example: --${option} 10` })
}

/** An interval in which `d`, `w` and `y` may be small letters too: there, unlike with m and M, nothing else can be meant. */
export function interval(text: string): string {
  return text.replace(/[dwy]/g, (unit) => unit.toUpperCase())
}
