import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { describeReason, planRotation, type RotationPolicy } from '@bakthat/rotation'
import { daily } from './vectors.js'

/** Three years, every night and every noon, but for a summer in which nobody made any: 29 February and an ISO week 53 among them. */
const history = [
  ...daily('2024-01-10', '2026-06-20', '02:00:00', '12:00:00'),
  ...daily('2026-09-05', '2027-01-06', '02:00:00', '12:00:00'),
].map((backup, id) => ({ ...backup, id }))
const now = new Date('2027-01-06T18:00:00Z')

const policies: readonly RotationPolicy[] = [
  { days: 7, weeks: 6, months: 6, firstWeekDay: 5 },
  { days: 7, weeks: 6, months: 6, firstWeekDay: 5, algorithm: 'grandfatherson' },
  { hours: 24, days: 14, weeks: 8, months: 12, years: 3 },
  { weeks: 4, firstWeekDay: 0 },
  { last: 5 },
  { within: '3D' },
  { days: 3, timeZone: 'Pacific/Kiritimati' },
  { months: 36, years: 9 },
]

function nameOf(policy: RotationPolicy): string {
  return Object.entries(policy)
    .map(([key, value]) => `${key}=${String(value).replace('/', '-')}`)
    .join(',')
}

describe('the plan for three years of backups', () => {
  it.each(policies.map((policy) => [nameOf(policy), policy] as const))('with %s', (name, policy) => {
    const { keep, remove } = planRotation(history, policy, now)
    const lines = keep.map(
      ({ backup, reasons }) => `${backup.date.toISOString().slice(0, 16)}Z  ${reasons.map(describeReason).join(', ')}`,
    )
    const told = `${lines.join('\n')}\nremoved: ${remove.length} of ${history.length}\n`
    const golden = join(import.meta.dirname, 'goldens', `${name}.txt`)
    // UPDATE_GOLDENS=1 writes them anew, to be read line by line in the difference.
    if (process.env.UPDATE_GOLDENS !== undefined) writeFileSync(golden, told)
    expect(told).toBe(readFileSync(golden, 'utf8'))
  })
})
