import fc from 'fast-check'
import type { Rotatable, RotationPolicy } from '@bakthat/rotation'

/** Nights on which clocks are changed, days that few years have, and weeks that belong to two of them. */
const strangeTimes = [
  '2024-02-29T12:00:00Z', // a day that most years lack
  '2020-12-31T00:00:00Z', // ISO week 53
  '2026-12-31T23:00:00Z', // and again
  '2025-03-30T01:00:00Z', // summer time begins in Europe
  '2025-10-26T01:00:00Z', // and ends
  '2025-03-09T07:00:00Z', // the same in New York
  '2025-11-02T06:00:00Z',
  '2025-04-05T15:00:00Z', // half an hour, on Lord Howe
  '2011-12-30T10:00:00Z', // a day that Samoa left out
].map((time) => new Date(time).getTime())

const minute = 60_000
const strange = fc
  .tuple(fc.constantFrom(...strangeTimes), fc.integer({ min: -30, max: 30 }))
  .map(([time, quarters]) => time + quarters * 15 * minute)
const ordinary = fc
  .date({ min: new Date('2010-01-01'), max: new Date('2028-01-01'), noInvalidDate: true })
  .map((date) => date.getTime())

export const instants: fc.Arbitrary<Date> = fc
  .oneof(ordinary, { arbitrary: strange, weight: 2 })
  .map((time) => new Date(time))

/** Close together: what rules must tell apart, equal dates among it, before and after a moment. */
function around(centre: Date): fc.Arbitrary<Date> {
  return fc.integer({ min: -400, max: 60 }).map((quarters) => new Date(centre.getTime() + quarters * 15 * minute))
}

export interface History {
  readonly backups: readonly Rotatable[]
  /** Some backups may be later: clocks are not always right. */
  readonly now: Date
}

export const histories: fc.Arbitrary<History> = instants.chain((now) =>
  fc.record({
    now: fc.constant(now),
    backups: fc
      .array(
        fc.record(
          {
            date: fc.oneof(around(now), instants),
            uncounted: fc.constantFrom('incomplete', 'missing', 'leaving'),
            locked: fc.boolean(),
          },
          { requiredKeys: ['date'] },
        ),
        { maxLength: 40 },
      )
      .map((list) => list.map((backup, id): Rotatable => ({ id, ...backup }))),
  }),
)

const count = fc.integer({ min: 0, max: 9 })
const rules = {
  last: count,
  hours: count,
  days: count,
  weeks: count,
  months: count,
  years: count,
  within: fc.constantFrom('1h', '1D', '3M', '1Y2h'),
}
const firstWeekDay = fc.constantFrom(0, 1, 2, 3, 4, 5, 6)

export const policies: fc.Arbitrary<RotationPolicy> = fc.record(
  {
    ...rules,
    firstWeekDay,
    timeZone: fc.oneof(
      fc.constantFrom('UTC', 'Europe/Paris', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Kiritimati'),
      fc.constantFrom(...Intl.supportedValuesOf('timeZone')),
    ),
    algorithm: fc.constantFrom('newest', 'grandfatherson'),
  },
  { requiredKeys: [] },
)

/** The rules that the classic algorithm has, in the zone that its oracle knows. */
export const classicPolicies: fc.Arbitrary<RotationPolicy> = fc.record(
  { hours: count, days: count, weeks: count, months: count, years: count, firstWeekDay },
  { requiredKeys: [] },
)
