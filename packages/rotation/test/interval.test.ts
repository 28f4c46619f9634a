import { describe, expect, it } from '@jest/globals'
import { parseInterval, planDeletionOlderThan } from '@bakthat/rotation'
import { daily, days } from './vectors.js'

describe('parseInterval', () => {
  it('reads the documented example', () => {
    expect(parseInterval('3M2D8h20m5s')).toBe(3 * 30 * 86_400 + 2 * 86_400 + 8 * 3600 + 20 * 60 + 5)
    expect([parseInterval('1Y'), parseInterval('1W'), parseInterval('1M')]).toEqual([31_536_000, 604_800, 2_592_000])
  })

  it.each(['', ' ', '0D', '3', 'D', '3d', '3D ', '-3D', '1.5D', '3D3D', '3D0h', '3 D', '9'.repeat(20) + 'Y'])(
    'refuses %j',
    (interval) => {
      expect(() => parseInterval(interval)).toThrow(RangeError)
      expect(() => planDeletionOlderThan([], interval, new Date())).toThrow(RangeError)
    },
  )
})

describe('planDeletionOlderThan', () => {
  const now = new Date('2026-03-18T02:00:00Z')
  const march = daily('2026-03-10', '2026-03-18', '02:00:00')

  it('keeps what is exactly so old, and says why', () => {
    const plan = planDeletionOlderThan(march, '3D', now)
    expect(days(plan.remove).at(-1)).toBe('2026-03-14')
    expect(plan.keep.map(({ reasons }) => reasons.map(({ rule }) => rule))).toEqual([
      ['newest', 'age'],
      ['age'],
      ['age'],
      ['age'],
    ])
  })

  it('keeps the newest though it is older, unless nothing may be left', () => {
    const later = new Date('2027-01-01T00:00:00Z')
    expect(days(planDeletionOlderThan(march, '30D', later).keep.map(({ backup }) => backup))).toEqual(['2026-03-18'])
    expect(planDeletionOlderThan(march, '30D', later, { allowEmpty: true }).keep).toEqual([])
  })
})
