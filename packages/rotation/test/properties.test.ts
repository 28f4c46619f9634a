import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { parseInterval, planRotation, type Rotatable, type RotationPlan, type RotationPolicy } from '@bakthat/rotation'

const dates = fc.date({ min: new Date('2023-12-01'), max: new Date('2026-06-01'), noInvalidDate: true })
const backupLists = fc
  .array(fc.record({ date: dates, complete: fc.boolean(), locked: fc.boolean() }), { maxLength: 60 })
  .map((list) => list.map((backup, id): Rotatable => ({ id, ...backup })))
const count = fc.integer({ min: 0, max: 9 })
const policies: fc.Arbitrary<RotationPolicy> = fc.record(
  {
    last: count,
    hours: count,
    days: count,
    weeks: count,
    months: count,
    years: count,
    within: fc.constantFrom('1D', '3M', '1Y2h'),
    firstWeekDay: fc.constantFrom(0, 1, 2, 3, 4, 5, 6),
    timeZone: fc.constantFrom('UTC', 'Pacific/Kiritimati', 'America/New_York', 'Australia/Lord_Howe'),
    algorithm: fc.constantFrom('newest', 'grandfatherson'),
  },
  { requiredKeys: [] },
)
const now = new Date('2026-03-01T00:00:00Z')

function keptIds(plan: RotationPlan<Rotatable>): number[] {
  return plan.keep.map(({ backup }) => backup.id).sort((a, b) => a - b)
}

describe('every plan', () => {
  it('puts each backup in exactly one of its two lists, with a reason for what stays', () => {
    fc.assert(
      fc.property(backupLists, policies, (backups, policy) => {
        const plan = planRotation(backups, policy, now)
        const ids = [...keptIds(plan), ...plan.remove.map(({ id }) => id)].sort((a, b) => a - b)
        expect(ids).toEqual(backups.map(({ id }) => id))
        expect(plan.keep.every(({ reasons }) => reasons.length > 0)).toBe(true)
      }),
    )
  })

  it('never removes the newest complete one, nor what is locked, incomplete or in the future', () => {
    fc.assert(
      fc.property(backupLists, policies, (backups, policy) => {
        const { remove } = planRotation(backups, policy, now)
        expect(remove.some((each) => each.locked === true || each.complete === false || each.date > now)).toBe(false)
        const whole = backups.filter((each) => each.complete !== false && each.date <= now)
        const newest = whole.sort((a, b) => +a.date - +b.date || a.id - b.id).at(-1)
        expect(newest !== undefined && remove.includes(newest)).toBe(false)
      }),
      { numRuns: 2000 },
    )
  })

  it('removes nothing more when it is made again over what stayed', () => {
    fc.assert(
      fc.property(backupLists, policies, (backups, policy) => {
        const stayed = planRotation(backups, policy, now).keep.map(({ backup }) => backup)
        expect(planRotation(stayed, policy, now).remove).toEqual([])
      }),
    )
  })

  it('does not depend on the order of what it is given', () => {
    fc.assert(
      fc.property(backupLists, policies, (backups, policy) => {
        expect(planRotation(backups.toReversed(), policy, now)).toEqual(planRotation(backups, policy, now))
      }),
    )
  })

  it('keeps a superset when a count grows', () => {
    const unit = fc.constantFrom('last', 'hours', 'days', 'weeks', 'months', 'years')
    fc.assert(
      fc.property(backupLists, policies, unit, (backups, policy, key) => {
        const fewer = { ...policy, [key]: Math.max(1, policy[key] ?? 0) }
        const more = { ...fewer, [key]: fewer[key]! + 3 }
        expect(keptIds(planRotation(backups, more, now))).toEqual(
          expect.arrayContaining(keptIds(planRotation(backups, fewer, now))),
        )
      }),
    )
  })
})

describe('parseInterval', () => {
  it('reads the documented example', () => {
    expect(parseInterval('3M2D8h20m5s')).toBe(3 * 30 * 86_400 + 2 * 86_400 + 8 * 3600 + 20 * 60 + 5)
    expect([parseInterval('1Y'), parseInterval('1W'), parseInterval('1M')]).toEqual([31_536_000, 604_800, 2_592_000])
  })

  it.each(['', ' ', '0D', '3', 'D', '3d', '3D ', '-3D', '1.5D', '3D3D', '3D0h', '3 D', '9'.repeat(20) + 'Y'])(
    'refuses %j',
    (interval) => {
      expect(() => parseInterval(interval)).toThrow(RangeError)
    },
  )
})
