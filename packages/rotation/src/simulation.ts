import type { Kept, Rotatable, RotationPolicy } from './contract.js'
import { parseInterval } from './interval.js'
import { planIn } from './plan.js'
import { calendarOf, checkPolicy } from './policy.js'

/** A history that is made up: a backup each so often, with a rotation after each of them. */
export interface SimulationOptions {
  /** When the last backup is made. */
  readonly until: Date
  /** For how long backups were made by then: an interval such as `2Y`. */
  readonly span: string
  /** How far they are apart: an interval such as `1D`. */
  readonly every: string
}

export interface Simulation {
  /** When each backup was made, oldest first, and how many there were after the rotation that followed. */
  readonly steps: readonly { readonly date: Date; readonly kept: number }[]
  /** What is there at the end, newest first. */
  readonly keep: readonly Kept<Rotatable>[]
}

/** More, of backups that are made or of looks that all rotations take at one that is there, would keep a person waiting. */
const mostSteps = 50_000
const mostLooks = 10_000_000

/**
 * What a policy would come to keep, had it been followed. Pure; nothing is touched. Throws `RangeError` for a malformed
 * policy or interval, for more than 50,000 backups, and for a policy that keeps too many of so many.
 *
 * @example
 * ```ts
 * import { simulateRotation } from '@bakthat/rotation'
 *
 * const until = new Date('2026-03-18T12:00:00Z')
 * const { keep } = simulateRotation({ days: 7, months: 6 }, { until, span: '2Y', every: '1D' })
 * console.log(keep.length) // 12: the newest month is that of the newest day
 * ```
 */
export function simulateRotation(policy: RotationPolicy, { until, span, every }: SimulationOptions): Simulation {
  checkPolicy(policy)
  const zone = calendarOf(policy)
  const step = parseInterval(every) * 1000
  const count = Math.floor((parseInterval(span) * 1000) / step) + 1
  if (count > mostSteps) throw new RangeError(`${count} backups are too many to simulate: at most ${mostSteps}`)
  const steps: { date: Date; kept: number }[] = []
  let keep: readonly Kept<Rotatable>[] = []
  let looks = 0
  for (let id = 0; id < count; id++) {
    looks += keep.length + 1
    if (looks > mostLooks) throw new RangeError(`${count} backups are too many to simulate where ${keep.length} stay`)
    const date = new Date(until.getTime() - (count - 1 - id) * step)
    keep = planIn(zone, [{ id, date }, ...keep.map(({ backup }) => backup)], policy, date).keep
    steps.push({ date, kept: keep.length })
  }
  return { steps, keep }
}
