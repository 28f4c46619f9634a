import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { planRotation, simulateRotation, type Rotatable } from '@bakthat/rotation'
import { instants, policies } from './histories.js'

const until = new Date('2026-03-18T12:00:00Z')

describe('simulateRotation', () => {
  it('tells what would be there after two years of daily backups', () => {
    const { steps, keep } = simulateRotation({ days: 7, months: 12, years: 2 }, { until, span: '2Y', every: '1D' })
    expect(steps).toHaveLength(731)
    expect(steps.at(-1)).toEqual({ date: until, kept: 18 })
    expect(keep.map(({ backup }) => backup.date.toISOString().slice(0, 10))).toEqual([
      ...['2026-03-18', '2026-03-17', '2026-03-16', '2026-03-15', '2026-03-14', '2026-03-13', '2026-03-12'],
      ...['2026-02-28', '2026-01-31', '2025-12-31', '2025-11-30', '2025-10-31', '2025-09-30', '2025-08-31'],
      ...['2025-07-31', '2025-06-30', '2025-05-31', '2025-04-30'],
    ])
  })

  it('shows how the number of backups grows', () => {
    const { steps } = simulateRotation({ last: 3 }, { until, span: '5D', every: '1D' })
    expect(steps.map(({ kept }) => kept)).toEqual([1, 2, 3, 3, 3, 3])
    expect(simulateRotation({ last: 3 }, { until, span: '36h', every: '1D' }).steps).toHaveLength(2)
  })

  it('keeps what a rotation after each backup would', () => {
    const every = fc.constantFrom(1, 5, 24, 31 * 24)
    const property = fc.property(policies, instants, every, (policy, last, hours) => {
      let kept: readonly Rotatable[] = []
      const numbers: number[] = []
      for (let id = 0; id <= 20; id++) {
        const date = new Date(last.getTime() - (20 - id) * hours * 3_600_000)
        kept = planRotation([...kept, { id, date }], policy, date).keep.map(({ backup }) => backup)
        numbers.push(kept.length)
      }
      const { steps, keep } = simulateRotation(policy, { until: last, span: `${20 * hours}h`, every: `${hours}h` })
      expect(steps.map(({ kept: number }) => number)).toEqual(numbers)
      expect(keep.map(({ backup }) => backup)).toEqual(kept)
    })
    fc.assert(property)
  })

  it('refuses what would take minutes, because so many of so many stay', () => {
    const simulation = (): unknown => simulateRotation({ last: 50_000 }, { until, span: '40000h', every: '1h' })
    expect(simulation).toThrow('40001 backups are too many to simulate where 4471 stay')
  })

  it.each([
    [{ span: '2Y', every: '1s' }],
    [{ span: '50000h', every: '1h' }],
    [{ span: '', every: '1D' }],
    [{ span: '2Y', every: 'daily' }],
  ])('refuses %j', (options) => {
    expect(() => simulateRotation({ days: 7 }, { until, ...options })).toThrow(RangeError)
  })
})
