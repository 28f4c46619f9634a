import { readdirSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { Backup, Bakthat, RotateResult } from 'bakthat'
import { Home } from './support/bin.js'
import { run } from './support/fake-host.js'
import { backupOf } from './support/samples.js'

const newest = backupOf({ id: 3, storedFilename: 'photos.3' })
const older = backupOf({ id: 2, storedFilename: 'photos.2', backupDate: new Date('2026-11-20T02:00:00Z') })
const oldest = backupOf({ id: 1, storedFilename: 'photos.1', backupDate: new Date('2026-11-01T02:00:00Z') })

/** A rotation that keeps one and removes two, one of them paid for. */
function resultOf(changes: Partial<RotateResult> = {}): RotateResult {
  return {
    name: 'photos',
    backend: 's3',
    container: 'bucket',
    dryRun: false,
    policy: { days: 1, firstWeekDay: 5 },
    keep: [{ backup: newest, reasons: [{ rule: 'newest' }, { rule: 'days', period: '2026-11-23', place: 1 }] }],
    remove: [{ backup: older, paidUntil: new Date('2027-02-18T02:00:00Z') }, { backup: oldest }],
    removed: [oldest, older],
    deferred: [],
    failed: [],
    ...changes,
  }
}

function library(result: RotateResult, asked: unknown[] = []): Partial<Bakthat> {
  return {
    rotate: (name, options) => {
      asked.push(name, options)
      return Promise.resolve(result)
    },
    rotateAll: (options) => {
      asked.push(options)
      return Promise.resolve([result])
    },
  }
}

describe('rotate', () => {
  it('prints the plan as a table, with the reason for each, and what is charged for all the same', async () => {
    const plan = resultOf({ dryRun: true, removed: [] })
    const { status, stdout, stderr } = await run(['rotate', 'photos', '--dry-run', '-q'], { library: library(plan) })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toBe(`photos in s3 (bucket): 1 to keep, 2 to remove (24.7 MB)
Plan    Date (UTC)              Size  Stored name  Why
keep    2026-11-23 21:18:19  12.3 MB  photos.3     newest, day 2026-11-23 (1)
remove  2026-11-20 02:00:00  12.3 MB  photos.2     nothing keeps it; paid for until 2027-02-18
remove  2026-11-01 02:00:00  12.3 MB  photos.1     nothing keeps it
`)
    expect((await run(['rotate', 'photos', '--dry-run'], { library: library(plan) })).stderr).toMatch(
      /^charged for all the same: 1 of those to remove \(12.3 MB\), the last until 2027-02-18;/,
    )
  })

  it('shows stored names on a terminal where they have room, and tells backups of one second apart where not', async () => {
    const table = async (columns: number, ...gone: readonly Backup[]): Promise<string> => {
      const result = resultOf({ remove: gone.map((backup) => ({ backup })), removed: gone })
      const { stdout } = await run(['rotate', 'photos'], {
        library: library(result),
        columns,
        env: { NO_COLOR: '1' },
      })
      return stdout.slice(stdout.indexOf('\n') + 1)
    }
    const named = backupOf({ id: 2, storedFilename: 'photos.20261120020000.tgz', backupDate: older.backupDate })
    const twin = { ...named, id: 1, storedFilename: 'photos.20261120020000.tar.zst' }
    expect(await table(100, named)).toContain('02:00:00  12.3 MB  photos.20261120020000.tgz  nothing keeps it\n')
    expect(await table(80, named)).toBe(`Plan     Date (UTC)              Size  Why
keep     2026-11-23 21:18:19  12.3 MB  newest, day 2026-11-23 (1)
removed  2026-11-20 02:00:00  12.3 MB  nothing keeps it
`)
    expect(await table(40, named, twin)).toBe(`Plan     Date (UTC)              Size
keep     2026-11-23 21:18:19  12.3 MB
  newest, day 2026-11-23 (1)
removed  2026-11-20 02:00:00  12.3 MB
  photos.20261120020000.tgz: nothing
  keeps it
removed  2026-11-20 02:00:00  12.3 MB
  photos.20261120020000.tar.zst: nothing
  keeps it
`)
  })

  it('tells what failed, what is to go later and what is missing, and ends with 3 where anything is amiss', async () => {
    const result = resultOf({
      keep: [{ backup: newest, reasons: [{ rule: 'missing' }] }],
      removed: [],
      deferred: [{ ...older, deferredUntil: new Date('2027-01-01T00:00:00Z') }],
      failed: [{ backup: oldest, problem: { code: 'UNAVAILABLE', message: 'the store is away' } }],
    })
    const { status, stdout, stderr } = await run(['rotate', 'photos'], { library: library(result) })
    expect(status).toBe(3)
    expect(stdout).toContain('later   2026-11-20 02:00:00  12.3 MB  photos.2     goes after 2027-01-01\n')
    expect(stdout).toContain('FAILED  2026-11-01 02:00:00  12.3 MB  photos.1     the store is away\n')
    expect(stdout).toMatch(/^photos in s3 \(bucket\): 1 kept, 0 removed \(0 B\), 1 to go later\n/)
    expect(stderr).toContain('to go later: 1; when they can, remove them with: bakthat cleanup\n')
    expect(stderr).toContain('error: photos.1 was not removed: the store is away\n')
    expect(stderr).toContain('error: no longer in the storage: 1 of photos; mend the catalog with: bakthat sync\n')
    const locked = await run(['rotate', 'photos'], { library: library({ ...result, keep: [], failed: [] }) })
    expect(locked.status).toBe(0)
  })

  it('gives the plan and what was done as one document', async () => {
    const { stdout } = await run(['rotate', 'photos', '--json'], { library: library(resultOf()) })
    expect(JSON.parse(stdout)).toMatchObject({
      name: 'photos',
      dry_run: false,
      policy: { days: 1, first_week_day: 5 },
      keep: [
        { stored_filename: 'photos.3', reasons: [{ rule: 'newest' }, { rule: 'days', text: 'day 2026-11-23 (1)' }] },
      ],
      remove: [
        { stored_filename: 'photos.2', paid_until: '2027-02-18T02:00:00.000Z' },
        { stored_filename: 'photos.1' },
      ],
      removed: ['photos.1', 'photos.2'],
    })
    expect(
      JSON.parse((await run(['rotate', '--all', '--json'], { library: library(resultOf()) })).stdout),
    ).toHaveLength(1)
  })

  it('hands the rules over by the keys of a profile', async () => {
    const asked: unknown[] = []
    const rules = [
      '--last',
      '2',
      '--days',
      '7',
      '--within',
      '30D',
      '--first-week-day',
      'sunday',
      '--time-zone',
      'Asia/Tokyo',
    ]
    const more = ['--policy', 'grandfatherson', '--max-removals', '5', '--dry-run', '-d', 's3']
    await run(['rotate_backups', 'photos', ...rules, ...more], { library: library(resultOf(), asked) })
    expect(asked).toEqual([
      'photos',
      expect.objectContaining({
        rotation: {
          last: 2,
          days: 7,
          within: '30D',
          first_week_day: 'sunday',
          time_zone: 'Asia/Tokyo',
          policy: 'grandfatherson',
        },
        maxRemovals: 5,
        dryRun: true,
        destination: 's3',
      }),
    ])
  })

  it.each([
    [[], 'rotate needs the name of backups'],
    [['photos', '--all'], 'rotate takes one of a name, --all and --simulate'],
    [['photos', '--simulate', '2y'], 'rotate takes one of a name, --all and --simulate'],
    [['photos', '--every', '1d'], '--every goes with --simulate'],
    [['photos', '--max-removals', '-1'], '--max-removals is not a whole number'],
    [['photos', '--last', 'x'], '--last is not a whole number'],
    [['photos', '--days', '1.5'], '--days is not a whole number'],
    [['photos', '--policy', 'hanoi'], '--policy has a value that it does not take'],
  ])('%j is refused', async (argv, message) => {
    const { status, stderr } = await run(['rotate', ...argv], { library: library(resultOf()) })
    expect({ status, told: stderr.startsWith(`error: ${message}\n`) }).toEqual({ status: 2, told: true })
  })
})

describe('with the real library', () => {
  let home: Home
  beforeEach(() => {
    home = new Home()
    writeFileSync(home.join('notes.txt'), 'one')
  })
  afterEach(() => home.remove())

  const archives = (): number =>
    readdirSync(home.join('data', 'bakthat')).filter((name) => !name.startsWith('.')).length

  it('a rotation without a rule, an empty interval or a name that there is not deletes nothing', async () => {
    await home.run(['backup', 'notes.txt'])
    const statuses = [
      (await home.run(['rotate', 'notes.txt'])).status,
      (await home.run(['rotate', 'notes.txt', '--days', '0'])).status,
      (await home.run(['rotate', 'notes.txt', '--days', '-1'])).status,
      (await home.run(['rotate', 'notes', '--days', '1'])).status,
      (await home.run(['delete-older-than', 'notes.txt', ''])).status,
      (await home.run(['delete-older-than', 'notes.txt', '30d'])).status,
      (await home.run(['delete_older_than', 'notes', '30D'])).status,
    ]
    expect(statuses).toEqual([2, 2, 2, 4, 2, 2, 4])
    expect(archives()).toBe(1)
  })

  it('a policy is simulated as a calendar of 39 columns, and nothing is touched', async () => {
    const rules = ['--days', '7', '--weeks', '4', '--months', '12', '--years', '2']
    const { status, stdout } = await home.run(['rotate', '--simulate', '2y', '--every', '1d', ...rules])
    expect(status).toBe(0)
    expect(stdout).toMatch(/^keeps 7 days, 4 weeks, 12 months and 2 years; weeks begin on Saturday, days in UTC\n/)
    expect(stdout).toMatch(/one every 1D for 2Y: 731 made, \d+ kept, never more than \d+\n/)
    expect(stdout).toMatch(/\nkept: 2 after 1D, [78] after 1W, /)
    const months = stdout.split('\n').filter((line) => /^\d{4}-\d\d {2}/.test(line))
    expect([24, 25]).toContain(months.length)
    expect(months.every((line) => line.length <= 40)).toBe(true)
    // On the first day of a month that month has only the newest backup, which the longest rule keeps.
    expect(months.slice(-2).join('')).toMatch(/D/)
    expect(await home.run(['rotate', '--simulate', '2y', '--every', '1s', '--days', '1'])).toMatchObject({ status: 2 })
    expect(readdirSync(home.path)).not.toContain('catalog.sqlite')
  })
})
