import type { Rotatable, RotationPolicy } from '@bakthat/rotation'

/** One backup a day at each of some times, from one day to another, both included. */
export function daily(from: string, to: string, ...times: readonly string[]): Rotatable[] {
  const backups: Rotatable[] = []
  for (const day = new Date(from); day <= new Date(to); day.setUTCDate(day.getUTCDate() + 1))
    for (const time of times) backups.push(at(`${day.toISOString().slice(0, 10)}T${time}Z`, backups.length))
  return backups
}

export function at(date: string, id = 0): Rotatable {
  return { id, date: new Date(date) }
}

export function days(backups: readonly Rotatable[]): string[] {
  return backups.map(({ date }) => date.toISOString().slice(0, 10)).sort()
}

/** A history, and what the classic algorithm keeps of it. */
export interface Vector {
  readonly title: string
  readonly backups: readonly Rotatable[]
  readonly policy: RotationPolicy
  readonly now: string
  /** Dates, oldest first. */
  readonly keep: readonly string[]
}

const now = '2026-03-18T12:00:00Z'
const january = daily('2026-01-01', '2026-01-31', '03:00:00')
const march = daily('2026-03-01', '2026-03-18', '00:00:00')
const winter = daily('2025-11-01', '2026-03-18', '02:00:00')

function each(dates: string, time: string): readonly string[] {
  return dates.split(' ').map((date) => `${date}T${time}`)
}

/** What the Python package grandfatherson 1.3 answered when it was asked. */
export const grandfathersonVectors: readonly Vector[] = [
  {
    title: 'the oldest of each day',
    backups: daily('2026-03-01', '2026-03-18', '02:00:00', '11:00:00'),
    policy: { days: 7 },
    now,
    keep: each('2026-03-12 2026-03-13 2026-03-14 2026-03-15 2026-03-16 2026-03-17 2026-03-18', '02:00:00'),
  },
  {
    title: 'nothing, where all are older than every window',
    backups: january,
    policy: { days: 7, weeks: 6, months: 2 },
    now,
    keep: [],
  },
  {
    title: 'the first of a month that has ended',
    backups: january,
    policy: { days: 7, weeks: 6, months: 6 },
    now,
    keep: ['2026-01-01T03:00:00'],
  },
  {
    title: 'nothing, once the months have passed',
    backups: january,
    policy: { days: 7, weeks: 6, months: 6 },
    now: '2026-09-01T12:00:00Z',
    keep: [],
  },
  {
    title: 'what is dated in the future, and a day that begins at midnight',
    backups: ['2026-03-17T23:59:59Z', '2026-03-18T00:00:00Z', now, '2026-03-18T12:00:01Z'].map(at),
    policy: { days: 1 },
    now,
    keep: ['2026-03-18T00:00:00', '2026-03-18T12:00:01'],
  },
  {
    title: 'weeks from Saturday',
    backups: march,
    policy: { weeks: 2 },
    now,
    keep: each('2026-03-07 2026-03-14', '00:00:00'),
  },
  {
    title: 'weeks from Monday',
    backups: march,
    policy: { weeks: 2, firstWeekDay: 0 },
    now,
    keep: each('2026-03-09 2026-03-16', '00:00:00'),
  },
  {
    title: 'the example of its documentation',
    backups: daily('1999-01-01', '1999-12-31', '00:00:00'),
    policy: { days: 7, weeks: 4, months: 3 },
    now: '1999-12-31T00:00:00Z',
    keep: each(
      '1999-10-01 1999-11-01 1999-12-01 1999-12-04 1999-12-11 1999-12-18 1999-12-25 1999-12-26 1999-12-27 1999-12-28 1999-12-29 1999-12-30 1999-12-31',
      '00:00:00',
    ),
  },
  {
    title: 'a whole winter, weeks from Saturday',
    backups: winter,
    policy: { days: 3, weeks: 2, months: 3 },
    now,
    keep: each('2026-01-01 2026-02-01 2026-03-01 2026-03-07 2026-03-14 2026-03-16 2026-03-17 2026-03-18', '02:00:00'),
  },
  {
    title: 'a whole winter, weeks from Monday',
    backups: winter,
    policy: { days: 3, weeks: 2, months: 3, firstWeekDay: 0 },
    now,
    keep: each('2026-01-01 2026-02-01 2026-03-01 2026-03-09 2026-03-16 2026-03-17 2026-03-18', '02:00:00'),
  },
]
