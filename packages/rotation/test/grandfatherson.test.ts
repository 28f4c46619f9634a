import { describe, expect, it } from '@jest/globals'
import { planRotation, type Rotatable, type RotationPolicy } from '@bakthat/rotation'
import { at, daily, days } from './vectors.js'

// What the Python package grandfatherson 1.3 answered, and the guard that it lacks: the newest always stays.
const now = '2026-03-18T12:00:00Z'

function kept(backups: readonly Rotatable[], policy: RotationPolicy, when = now): string[] {
  const plan = planRotation(backups, { algorithm: 'grandfatherson', ...policy }, new Date(when))
  return plan.keep.map(({ backup }) => backup.date.toISOString().slice(0, 19)).sort()
}

describe('grandfatherson', () => {
  it('keeps the oldest of each day', () => {
    expect(kept(daily('2026-03-01', '2026-03-18', '02:00:00', '11:00:00'), { days: 7 })).toEqual([
      ...['12', '13', '14', '15', '16', '17', '18'].map((day) => `2026-03-${day}T02:00:00`),
      '2026-03-18T11:00:00',
    ])
  })

  it.each([
    [{ days: 7, weeks: 6, months: 2 }, now, ['2026-01-31']],
    [{ days: 7, weeks: 6, months: 6 }, now, ['2026-01-01', '2026-01-31']],
    [{ days: 7, weeks: 6, months: 6 }, '2026-09-01T12:00:00Z', ['2026-01-31']],
  ])('counts its windows from now: %j', (policy, when, expected) => {
    const found = kept(daily('2026-01-01', '2026-01-31', '03:00:00'), policy, when)
    expect(found.map((date) => date.slice(0, 10))).toEqual(expected)
  })

  it('keeps what is dated in the future', () => {
    const backups = ['2026-03-17T23:59:59Z', '2026-03-18T00:00:00Z', '2026-03-18T12:00:00Z', '2026-03-18T12:00:01Z']
    expect(kept(backups.map(at), { days: 1 })).toEqual([
      '2026-03-18T00:00:00',
      '2026-03-18T12:00:00',
      '2026-03-18T12:00:01',
    ])
  })

  it.each([
    [5, ['2026-03-07', '2026-03-14', '2026-03-18']],
    [0, ['2026-03-09', '2026-03-16', '2026-03-18']],
  ] as const)('begins its weeks on day %i', (firstWeekDay, expected) => {
    const found = kept(daily('2026-03-01', '2026-03-18', '00:00:00'), { weeks: 2, firstWeekDay })
    expect(found.map((date) => date.slice(0, 10))).toEqual(expected)
  })

  it('gives the example of its own documentation', () => {
    const year = daily('1999-01-01', '1999-12-31', '00:00:00')
    const plan = planRotation(
      year,
      { algorithm: 'grandfatherson', days: 7, weeks: 4, months: 3 },
      new Date('1999-12-31T00:00:00Z'),
    )
    expect(days(plan.keep.map(({ backup }) => backup)).map((day) => day.slice(5))).toEqual(
      '10-01 11-01 12-01 12-04 12-11 12-18 12-25 12-26 12-27 12-28 12-29 12-30 12-31'.split(' '),
    )
  })

  it.each([
    [5, '2026-01-01 2026-02-01 2026-03-01 2026-03-07 2026-03-14 2026-03-16 2026-03-17 2026-03-18'],
    [0, '2026-01-01 2026-02-01 2026-03-01 2026-03-09 2026-03-16 2026-03-17 2026-03-18'],
  ] as const)('agrees on a whole winter with weeks from day %i', (firstWeekDay, expected) => {
    const winter = daily('2025-11-01', '2026-03-18', '02:00:00')
    const found = kept(winter, { days: 3, weeks: 2, months: 3, firstWeekDay })
    expect(found.map((date) => date.slice(0, 10))).toEqual(expected.split(' '))
  })
})
