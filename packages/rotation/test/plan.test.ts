import { describe, expect, it } from '@jest/globals'
import { describeReason, planRotation, type Rotatable, type RotationPolicy } from '@bakthat/rotation'
import { at, daily, days } from './vectors.js'

const now = new Date('2026-03-18T12:00:00Z')

function kept(backups: readonly Rotatable[], policy: RotationPolicy, when = now): string[] {
  return days(planRotation(backups, policy, when).keep.map(({ backup }) => backup))
}

describe('the default algorithm', () => {
  it('keeps the newest backup of each period', () => {
    const plan = planRotation(daily('2026-03-01', '2026-03-18', '02:00:00', '11:00:00'), { days: 7 }, now)
    expect(plan.keep.map(({ backup }) => backup.date.toISOString().slice(5, 16))).toEqual(
      ['18', '17', '16', '15', '14', '13', '12'].map((day) => `03-${day}T11:00`),
    )
  })

  it('counts periods that hold a backup, from the newest backup and not from the clock', () => {
    const january = daily('2026-01-01', '2026-01-31', '03:00:00')
    expect(kept(january, { days: 2, months: 6 }, new Date('2027-09-01T00:00:00Z'))).toEqual([
      '2026-01-30',
      '2026-01-31',
    ])
  })

  it('agrees with restic, whose week begins on Monday', () => {
    const policy = { days: 3, weeks: 2, months: 3, firstWeekDay: 0 } as const
    expect(kept(daily('2025-11-01', '2026-03-18', '02:00:00'), policy)).toEqual([
      '2026-01-31',
      '2026-02-28',
      '2026-03-15',
      '2026-03-16',
      '2026-03-17',
      '2026-03-18',
    ])
  })

  it('says why each backup stays', () => {
    const policy = { last: 1, days: 1, weeks: 2, years: 1, within: '1D', firstWeekDay: 5 } as const
    const plan = planRotation(daily('2026-03-10', '2026-03-18', '02:00:00'), policy, now)
    expect(plan.keep.map(({ backup, reasons }) => [days([backup])[0], reasons.map(describeReason).join(', ')])).toEqual(
      [
        ['2026-03-18', 'newest, last 1, within 1D, day 2026-03-18 (1), week 2026-03-14 (1), year 2026 (1)'],
        ['2026-03-17', 'within 1D'],
        ['2026-03-13', 'week 2026-03-07 (2)'],
      ],
    )
  })

  it('keeps both backups of one second when the rule has room for both', () => {
    const twins = [at('2026-03-18T02:00:00Z', 1), at('2026-03-18T02:00:00Z', 2), at('2026-03-17T02:00:00Z', 3)]
    expect(planRotation(twins, { last: 2 }, now).remove.map(({ id }) => id)).toEqual([3])
    expect(planRotation(twins, { days: 1 }, now).keep.map(({ backup }) => backup.id)).toEqual([2])
  })

  it('does not mix up the month and the week of one number', () => {
    const backups = [at('2026-01-04T00:00:00Z', 1), at('2026-01-31T00:00:00Z', 2)]
    const plan = planRotation(backups, { weeks: 9, months: 9, firstWeekDay: 0 }, now)
    expect(plan.keep.map(({ reasons }) => reasons.map(({ rule }) => rule))).toEqual([
      ['newest', 'weeks', 'months'],
      ['weeks'],
    ])
  })
})

describe('whatever the policy says', () => {
  it.each<RotationPolicy>([{}, { days: 0 }, { days: 0, weeks: 0, months: 0, last: 0 }, { firstWeekDay: 0 }])(
    'no rule (%j) removes nothing',
    (policy) => {
      const plan = planRotation(daily('2026-01-01', '2026-03-18', '02:00:00'), policy, now)
      expect(plan.remove).toEqual([])
      expect(plan.keep.at(-1)?.reasons).toEqual([{ rule: 'none' }])
    },
  )

  it.each<object>([
    { days: -1 },
    { days: 1.5 },
    { days: NaN },
    { days: '7' },
    { days: true },
    { day: 7 },
    { minutes: 7 },
    { firstWeekDay: 7 },
    { timeZone: 'Mars/Olympus' },
    { algorithm: 'tower-of-hanoi' },
    { within: '' },
    { within: '30' },
  ])('%j is refused', (policy) => {
    expect(() => planRotation([], policy, now)).toThrow(RangeError)
  })

  it('an old newest backup stays', () => {
    const old = daily('2024-01-01', '2024-02-01', '02:00:00')
    expect(kept(old, { days: 7, weeks: 4, months: 6 }).at(-1)).toBe('2024-02-01')
    expect(kept(old, { days: 7, weeks: 4, months: 6, algorithm: 'grandfatherson' })).toEqual(['2024-02-01'])
  })

  it('backups dated in the future neither count nor go', () => {
    const backups = [at('2026-03-17T00:00:00Z', 1), at('2026-03-18T00:00:00Z', 2), at('2030-01-01T00:00:00Z', 3)]
    const plan = planRotation(backups, { last: 1 }, now)
    expect(plan.keep.map(({ backup, reasons }) => [backup.id, reasons[0]?.rule])).toEqual([
      [3, 'future'],
      [2, 'newest'],
    ])
  })

  it.each([
    ['incomplete', 'under way'],
    ['missing', 'not in the storage'],
    ['leaving', 'to be deleted later'],
  ] as const)('%s backups neither count nor go', (uncounted, told) => {
    const backups = [at('2026-03-17T00:00:00Z', 1), { ...at('2026-03-18T00:00:00Z', 2), uncounted }]
    expect(planRotation(backups, { last: 1 }, now).keep.map(({ reasons }) => reasons.map(describeReason))).toEqual([
      [told],
      ['newest', 'last 1'],
    ])
  })

  it('locked backups count and stay', () => {
    const backups = [
      at('2026-03-16T00:00:00Z', 1),
      { ...at('2026-03-17T00:00:00Z', 2), locked: true },
      at('2026-03-18T00:00:00Z', 3),
    ]
    const plan = planRotation(backups, { last: 1 }, now)
    expect(plan.keep.map(({ backup }) => backup.id)).toEqual([3, 2])
    expect(plan.remove.map(({ id }) => id)).toEqual([1])
  })

  it('a backup without a valid date is an error', () => {
    expect(() => planRotation([{ id: 1, date: new Date(NaN) }], { days: 1 }, now)).toThrow(RangeError)
  })
})

describe('a time zone', () => {
  it('tells the days apart by its own clock', () => {
    const backups = [at('2026-03-17T09:30:00Z', 1), at('2026-03-17T10:30:00Z', 2)]
    expect(planRotation(backups, { days: 9 }, now).remove).toHaveLength(1)
    expect(planRotation(backups, { days: 9, timeZone: 'Pacific/Kiritimati' }, now).remove).toHaveLength(0)
  })

  it('begins its days at its own midnight', () => {
    const policy = { hours: 1, days: 1, weeks: 1, timeZone: 'Pacific/Kiritimati', firstWeekDay: 2 } as const
    const { keep } = planRotation([at('2026-03-17T10:30:00Z', 1)], policy, now)
    expect(keep[0]!.reasons.map(describeReason)).toEqual([
      'newest',
      'hour 2026-03-18T00+14:00 (1)',
      'day 2026-03-18 (1)',
      'week 2026-03-18 (1)',
    ])
  })

  it.each([
    ['America/New_York', 'hour 2026-03-17T00-04:00 (1)'],
    ['America/St_Johns', 'hour 2026-03-17T02-02:30 (1)'],
    ['Asia/Kolkata', 'hour 2026-03-17T10+05:30 (1)'],
  ])('tells hours by how far it is from UTC: %s', (timeZone, told) => {
    const { keep } = planRotation([at('2026-03-17T04:30:00Z', 1)], { hours: 1, timeZone }, now)
    expect(keep[0]!.reasons.map(describeReason)).toEqual(['newest', told])
  })

  it('may be long ago', () => {
    const { keep } = planRotation([at('0050-06-01T12:00:00Z', 1)], { months: 1, years: 1 }, now)
    expect(keep[0]!.reasons.map(describeReason)).toEqual(['newest', 'month 0050-06 (1)', 'year 0050 (1)'])
  })

  it('makes two periods of the hour that is repeated', () => {
    const backups = [at('2025-10-26T00:30:00Z', 1), at('2025-10-26T01:30:00Z', 2)]
    const plan = planRotation(backups, { hours: 9, timeZone: 'Europe/Paris' }, now)
    expect(plan.keep.map(({ reasons }) => describeReason(reasons.at(-1)!))).toEqual([
      'hour 2025-10-26T02+01:00 (1)',
      'hour 2025-10-26T02+02:00 (2)',
    ])
  })
})
