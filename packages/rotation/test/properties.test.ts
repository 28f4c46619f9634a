import { afterAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  hasRule,
  planDeletionOlderThan,
  planRotation,
  type Rotatable,
  type RotationPlan,
  type RotationPolicy,
} from '@bakthat/rotation'
import { classicPolicies, histories, policies, type History } from './histories.js'
import { grandfathersonOracle } from './oracle.js'

let cases = 0

/** Holds a property for many histories, and counts them. */
function forAll<T>(inputs: fc.Arbitrary<T>, holds: (history: History, input: T) => void, numRuns = 2000): void {
  const property = fc.property(histories, inputs, (history, input) => {
    cases++
    holds(history, input)
  })
  fc.assert(property, { numRuns })
}

afterAll(() => {
  process.stdout.write(`${cases} histories from seed ${String(fc.readConfigureGlobal().seed)}\n`)
  expect(cases).toBeGreaterThanOrEqual(10_000)
})

function keptIds(plan: RotationPlan<Rotatable>): number[] {
  return plan.keep.map(({ backup }) => backup.id).sort((a, b) => a - b)
}

function isCopy({ uncounted, date }: Rotatable, now: Date): boolean {
  return uncounted === undefined && date <= now
}

/** Where each backup is in exactly one list, with a reason to stay, and what must never go has stayed. */
function expectSound({ backups, now }: History, { keep, remove }: RotationPlan<Rotatable>): void {
  const ids = [...keep.map(({ backup }) => backup.id), ...remove.map(({ id }) => id)]
  expect(ids.sort((a, b) => a - b)).toEqual(backups.map(({ id }) => id))
  expect(keep.every(({ reasons }) => reasons.length > 0)).toBe(true)
  expect(remove.every((each) => isCopy(each, now) && each.locked !== true)).toBe(true)
}

function newestOf({ backups, now }: History): Rotatable | undefined {
  const copies = backups.filter((each) => isCopy(each, now))
  return copies.sort((a, b) => +a.date - +b.date || a.id - b.id).at(-1)
}

describe('every plan', () => {
  it('puts each backup in one of its two lists, keeps the newest, and never removes what is no copy or locked', () => {
    forAll(policies, (history, policy) => {
      const plan = planRotation(history.backups, policy, history.now)
      expectSound(history, plan)
      expect(plan.remove.includes(newestOf(history)!)).toBe(false)
    })
  })

  it('removes nothing more when it is made again over what stayed', () => {
    forAll(policies, ({ backups, now }, policy) => {
      const stayed = planRotation(backups, policy, now).keep.map(({ backup }) => backup)
      expect(planRotation(stayed, policy, now).remove).toEqual([])
    })
  })

  it('does not depend on the order of what it is given', () => {
    forAll(policies, ({ backups, now }, policy) => {
      expect(planRotation(backups.toReversed(), policy, now)).toEqual(planRotation(backups, policy, now))
    })
  })

  it('keeps a superset under a more permissive policy', () => {
    const rules = ['last', 'hours', 'days', 'weeks', 'months', 'years', 'within'] as const
    const more = fc.record({ policy: policies, rule: fc.constantFrom(...rules), added: fc.integer({ min: 1, max: 9 }) })
    forAll(more, ({ backups, now }, { policy, rule, added }) => {
      const fewer = hasRule(policy) ? policy : { ...policy, days: 1 }
      expect(keptIds(planRotation(backups, morePermissive(fewer, rule, added), now))).toEqual(
        expect.arrayContaining(keptIds(planRotation(backups, fewer, now))),
      )
    })
  })

  it('keeps, with grandfatherson, what the definition says, and beyond that only by its guards', () => {
    forAll(classicPolicies, (history, policy) => {
      const { now } = history
      const copies = history.backups.filter((each) => isCopy(each, now))
      const plan = planRotation(copies, { ...policy, algorithm: 'grandfatherson' }, now)
      const oracle = grandfathersonOracle(copies, policy, now)
      const expected = copies.filter(
        (each) =>
          !hasRule(policy) || each.locked === true || oracle.has(each.date.getTime()) || each === newestOf(history),
      )
      expect(keptIds(plan)).toEqual(expected.map(({ id }) => id))
    })
  })

  it('keeps, by default, a backup that is the newest of its period where few enough periods are newer', () => {
    forAll(fc.record({ days: fc.integer({ min: 1, max: 9 }) }), ({ backups, now }, { days }) => {
      const day = ({ date }: Rotatable): string => date.toISOString().slice(0, 10)
      const kept = planRotation(backups, { days }, now).keep.filter(({ reasons }) =>
        reasons.some(({ rule }) => rule === 'days'),
      )
      const copies = backups.filter((each) => isCopy(each, now))
      const expected = copies.filter((each) => {
        const newer = copies.filter(
          (other) => other.date > each.date || (+other.date === +each.date && other.id > each.id),
        )
        const newerDays = new Set(newer.map(day))
        return !newerDays.has(day(each)) && newerDays.size < days
      })
      expect(kept.map(({ backup }) => backup.id).sort((a, b) => a - b)).toEqual(expected.map(({ id }) => id))
    })
  })
})

describe('every deletion by age', () => {
  it('takes what is older and nothing else, and the newest only where it was allowed to', () => {
    const inputs = fc.record({ hours: fc.integer({ min: 1, max: 200 }), allowEmpty: fc.boolean() })
    forAll(inputs, (history, { hours, allowEmpty }) => {
      const plan = planDeletionOlderThan(history.backups, `${hours}h`, history.now, { allowEmpty })
      expectSound(history, plan)
      const limit = history.now.getTime() - hours * 3_600_000
      const expected = history.backups.filter(
        (each) =>
          isCopy(each, history.now) &&
          each.locked !== true &&
          each.date.getTime() < limit &&
          (allowEmpty || each !== newestOf(history)),
      )
      expect(plan.remove.map(({ id }) => id).sort((a, b) => a - b)).toEqual(expected.map(({ id }) => id))
    })
  })
})

function morePermissive(
  policy: RotationPolicy,
  rule: Exclude<keyof RotationPolicy, 'algorithm' | 'firstWeekDay' | 'timeZone'>,
  added: number,
): RotationPolicy {
  if (rule === 'within') return { ...policy, within: policy.within === undefined ? '1D' : `${9 + added}Y` }
  return { ...policy, [rule]: (policy[rule] ?? 0) + added }
}
