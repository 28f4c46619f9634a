import { describe, expect, it } from '@jest/globals'
import { planRotation } from '@bakthat/rotation'
import { grandfathersonOracle } from './oracle.js'
import { at, grandfathersonVectors } from './vectors.js'

const seconds = (date: Date | number): string => new Date(date).toISOString().slice(0, 19)

describe('grandfatherson keeps', () => {
  it.each(grandfathersonVectors)('$title', ({ backups, policy, now, keep }) => {
    const plan = planRotation(backups, { ...policy, algorithm: 'grandfatherson' }, new Date(now))
    const counted = backups.map(({ date }) => seconds(date)).filter((date) => date <= now)
    // The guard that the Python package lacks: the newest always stays.
    const expected = new Set([...keep, counted.sort().at(-1)])
    expect(plan.keep.map(({ backup }) => seconds(backup.date)).sort()).toEqual([...expected].sort())
  })

  it('all backups of a date that it keeps, since it decides about dates', () => {
    const twins = [at('2026-03-18T02:00:00Z', 1), at('2026-03-18T02:00:00Z', 2), at('2026-03-18T03:00:00Z', 3)]
    const policy = { algorithm: 'grandfatherson', days: 1 } as const
    const { keep } = planRotation([...twins, at('2026-03-18T04:00:00Z', 4)], policy, new Date('2026-03-18T12:00:00Z'))
    expect(keep.map(({ backup, reasons }) => [backup.id, reasons.map(({ rule }) => rule)])).toEqual([
      [4, ['newest']],
      [2, ['days']],
      [1, ['days']],
    ])
  })
})

it('windows of grandfatherson are those of the time zone', () => {
  const policy = { algorithm: 'grandfatherson', days: 1, timeZone: 'Pacific/Kiritimati' } as const
  const backups = [at('2026-03-18T09:30:00Z', 1), at('2026-03-18T10:30:00Z', 2), at('2026-03-18T11:30:00Z', 3)]
  expect(planRotation(backups, policy, new Date('2026-03-18T12:00:00Z')).remove.map(({ id }) => id)).toEqual([1])
})

describe('the oracle written from its definition keeps', () => {
  it.each(grandfathersonVectors)('$title', ({ backups, policy, now, keep }) => {
    expect([...grandfathersonOracle(backups, policy, new Date(now))].map(seconds).sort()).toEqual([...keep])
  })
})
