import { describe, expect, it } from '@jest/globals'
import { BakthatError } from '@bakthat/errors'
import type { Bakthat, CleanupItem, Finding, JobState } from 'bakthat'
import { FakeHost, run, type Run } from './support/fake-host.js'
import { backupOf, restoreResultOf } from './support/samples.js'

/** A library whose one method answers so, and what it was called with. */
function library(method: keyof Bakthat, result: unknown): { library: Partial<Bakthat>; calls: unknown[][] } {
  const calls: unknown[][] = []
  const answer = (...words: unknown[]): Promise<unknown> => {
    calls.push(words)
    return Promise.resolve(result)
  }
  return { library: { [method]: answer }, calls }
}

const moment = (text: string): Date => new Date(text)
const job: JobState = {
  backup: backupOf({ metadata: { storage_class: 'DEEP_ARCHIVE' } }),
  state: 'under way',
  tier: 'bulk',
  askedAt: moment('2026-11-24T08:00:00Z'),
  expectedAt: moment('2026-11-26T08:00:00Z'),
}

describe('restore of a cold backup', () => {
  it('passes on tier, days, waiting and asking again', async () => {
    const { library: fake, calls } = library('restore', restoreResultOf())
    await run(['restore', 'photos', '--tier', 'bulk', '--days', '3', '--wait', '--request-again'], { library: fake })
    expect(calls[0]).toMatchObject(['photos', { tier: 'bulk', days: 3, wait: true, requestAgain: true }])
  })

  it('passes the same on where it is written to standard output', async () => {
    const asked: unknown[] = []
    const read: Bakthat['read'] = async function* (...words) {
      asked.push(words)
      yield await Promise.resolve(Buffer.from('text'))
    }
    const cold = ['--tier', 'bulk', '--days', '3', '--wait', '--request-again']
    expect(await run(['restore', 'photos', '--stdout', ...cold], { library: { read } })).toMatchObject({
      stdout: 'text',
    })
    expect(asked).toMatchObject([['photos', { tier: 'bulk', days: 3, wait: true, requestAgain: true }]])
  })

  it('says what it waits for, and until when', async () => {
    const restore: Bakthat['restore'] = (_, options) => {
      options?.onWaiting?.(job)
      return Promise.resolve(restoreResultOf())
    }
    const { stderr } = await run(['restore', 'photos', '--wait'], { library: { restore } })
    expect(stderr).toBe(
      'waiting for photos.20261123211819.tar.zst from cold storage, expected by 2026-11-26 08:00 UTC\n',
    )
  })

  it('ends with 75 until it is there', async () => {
    const restore = (): Promise<never> => Promise.reject(new BakthatError('PENDING', 'on its way', { hint: 'later' }))
    expect(await run(['restore', 'photos'], { library: { restore } })).toMatchObject({ status: 75, stdout: '' })
  })

  it.each(['0', '1.5'])('refuses --days %s', async (days) => {
    expect(await run(['restore', 'photos', '--days', days])).toMatchObject({ status: 2 })
  })
})

describe('jobs', () => {
  it('are told in a table that fits, with what to do next', async () => {
    const states = [
      { ...job, state: 'ready', readableUntil: moment('2026-11-27T00:00:00Z') },
      job,
      { ...job, state: 'lapsed' },
    ]
    const told = await run(['jobs'], library('jobs', states))
    expect(told.stdout.split('\n').slice(0, 4)).toEqual([
      'State      Asked (UTC)       Expected / until  Tier     Size  Stored name',
      'ready      2026-11-24 08:00  2026-11-27 00:00  bulk  12.3 MB  photos.20261123211819.tar.zst',
      'under way  2026-11-24 08:00  2026-11-26 08:00  bulk  12.3 MB  photos.20261123211819.tar.zst',
      'lapsed     2026-11-24 08:00                    bulk  12.3 MB  photos.20261123211819.tar.zst',
    ])
    expect(told.stderr).toContain('--request-again')
    const narrow = await run(['jobs'], { ...library('jobs', states), columns: 80, env: { NO_COLOR: '1' } })
    for (const line of narrow.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  })

  it('are JSON with --json', async () => {
    const { stdout } = await run(['jobs', '--json'], library('jobs', [job]))
    expect(JSON.parse(stdout)).toMatchObject([
      { state: 'under_way', tier: 'bulk', asked_at: '2026-11-24T08:00:00.000Z', filename: 'photos' },
    ])
  })

  it('say so where there are none', async () => {
    expect(await run(['jobs'], library('jobs', []))).toEqual({
      status: 0,
      stdout: 'nothing is under way\n',
      stderr: '',
    })
  })
})

describe('share', () => {
  const result = { backup: backupOf(), url: 'https://store/x?sig=1', expiresAt: moment('2026-11-24T09:00:00Z') }

  it('prints the link alone, and its end beside it', async () => {
    const { library: fake, calls } = library('share', result)
    const told = await run(['share', 'photos', '--expires', '30m'], { library: fake })
    expect(told.stdout).toBe('https://store/x?sig=1\n')
    expect(told.stderr).toContain('until 2026-11-24 09:00 UTC')
    expect(calls[0]).toMatchObject(['photos', { expiresInSeconds: 1800 }])
  })

  it('refuses what is no length of time', async () => {
    const told = await run(['share', 'photos', '--expires', 'soon'])
    expect(told).toMatchObject({ status: 2, stdout: '' })
    expect(told.stderr).toContain('--expires 1h')
  })
})

describe('cleanup', () => {
  const item: CleanupItem = {
    kind: 'orphan',
    name: 'lost.20260318115900.tar.zst',
    size: 5000,
    since: moment('2026-03-18T11:59:00Z'),
    outcome: 'removed',
  }
  const told = (items: readonly CleanupItem[], ...options: string[]): Promise<Run> =>
    run(['cleanup', ...options], library('cleanup', items))

  it('tells what became of each thing', async () => {
    const items: CleanupItem[] = [item, { ...item, kind: 'leftover', outcome: 'kept', reason: 'younger than a day' }]
    const { status, stdout } = await told(items)
    expect(status).toBe(0)
    const [titles, first, second, summary] = stdout.split('\n')
    expect(titles).toMatch(/^Outcome +What +Since \(UTC\) +Size +Name +Why$/)
    expect(first).toMatch(/^removed +piece of no backup +2026-03-18 11:59 +5\.0 kB +lost\.20260318115900\.tar\.zst$/)
    expect(second).toMatch(/^kept +unfinished upload .* younger than a day$/)
    expect(summary).toBe('1 removed, 1 kept')
  })

  it('ends with 3 where something could not be removed', async () => {
    const { status, stderr } = await told([{ ...item, outcome: 'failed', reason: 'access was refused' }])
    expect(status).toBe(3)
    expect(stderr).toContain('could not be removed: access was refused')
  })

  it('passes on --dry-run and --older-than, and says that nothing was removed', async () => {
    const { library: fake, calls } = library('cleanup', [{ ...item, outcome: 'found' }])
    const { stderr } = await run(['cleanup', '--dry-run', '--older-than', '12h'], { library: fake })
    expect(calls[0]).toMatchObject([{ dryRun: true, olderThanSeconds: 43_200 }])
    expect(stderr).toContain('without --dry-run')
  })
})

describe('doctor', () => {
  const finding: Finding = { subject: 'clock', verdict: 'good', found: 'agrees', consequence: 'dates are right' }

  it('tells findings with what follows from them', async () => {
    expect(await run(['doctor'], library('doctor', [finding]))).toEqual({
      status: 0,
      stderr: '',
      stdout: 'good     clock  agrees\n         dates are right\n1 good, 0 worth knowing, 0 problems\n',
    })
  })

  it('tells what was found below its subject where there is no room beside it', async () => {
    const long: Finding = { ...finding, subject: 'unfinished uploads', found: 'cleared after thirty days' }
    const options = { ...library('doctor', [long]), columns: 40, env: { NO_COLOR: '1' } }
    expect((await run(['doctor'], options)).stdout).toBe(
      [
        'good     unfinished uploads',
        '         cleared after thirty days',
        '         dates are right',
        '1 good, 0 worth knowing, 0 problems\n',
      ].join('\n'),
    )
  })

  it('tells on the way what is tried, and counts neither files nor bytes', async () => {
    const fake: Partial<Bakthat> = {
      doctor: ({ onFinding } = {}) => {
        host.time = 2000
        onFinding?.(finding)
        return Promise.resolve([finding])
      },
    }
    const host = new FakeHost({ columns: 80, library: fake })
    expect((await host.run('doctor')).stderr).toBe('\r\u001b[Kverifying  clock\r\u001b[K')
  })

  it('ends with 3 where there is a problem', async () => {
    const { status, stdout } = await run(['doctor'], library('doctor', [{ ...finding, verdict: 'problem' }]))
    expect(status).toBe(3)
    expect(stdout).toMatch(/^PROBLEM {2}clock/)
  })
})

describe('create, policy and classes', () => {
  it('create tells the container', async () => {
    const made = { container: 's3.eu/photos', notices: ['a lifecycle rule was set'] }
    expect(await run(['create'], library('create', made))).toEqual({
      status: 0,
      stdout: 'ready for backups: s3.eu/photos\n',
      stderr: 'a lifecycle rule was set\n',
    })
  })

  it('policy prints the document alone, and needs a role', async () => {
    const { stdout } = await run(['policy', '--role', 'writer'], library('policy', { Version: '2012-10-17' }))
    expect(JSON.parse(stdout)).toEqual({ Version: '2012-10-17' })
    expect(await run(['policy'])).toMatchObject({ status: 2 })
  })

  it.each([
    [['--storage-class', 'DEEP_ARCHIVE'], 'DEEP_ARCHIVE'],
    [['--s3-reduced-redundancy'], 'REDUCED_REDUNDANCY'],
  ])('backup %j is in that class', async (options, storageClass) => {
    const calls: unknown[] = []
    const backup = (_: unknown, given: unknown): Promise<never> => {
      calls.push(given)
      return Promise.reject(new BakthatError('UNAVAILABLE', 'enough seen'))
    }
    await run(['backup', '.', '--prompt', 'no', ...options], { library: { backup } })
    expect(calls).toMatchObject([{ storageClass }])
  })

  it('backup takes one class', async () => {
    const both = ['backup', '--storage-class', 'GLACIER', '--s3-reduced-redundancy']
    expect(await run(both)).toMatchObject({ status: 2 })
  })
})

describe('show', () => {
  it('tells cold, locked and doomed backups as such, and containers where there are several', async () => {
    const rows = [
      backupOf({ metadata: { storage_class: 'DEEP_ARCHIVE', locked_until: 4_102_444_800 } }),
      backupOf({ metadata: { storage_class: 'GLACIER_IR', locked_until: 1_577_836_800 } }),
      backupOf({ container: '/mnt/other', deleteAfter: moment('2027-02-01T00:00:00Z') }),
    ]
    const { stdout } = await run(['show'], library('show', rows))
    expect(stdout).toContain('deep-archive, locked until 2100-01-01')
    expect(stdout).toMatch(/ glacier-ir {2,}photos/)
    expect(stdout).toContain('local /mnt/other')
    expect(stdout).toContain('to delete after 2027-02-01')
  })
})
