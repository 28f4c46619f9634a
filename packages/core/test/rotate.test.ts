import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { backup, rotate, rotateAll, type RotateResult } from '@bakthat/core'
import { BakthatError } from '@bakthat/errors'
import { openLocal } from '@bakthat/local'
import { single, type StorageBackend } from '@bakthat/storage'
import { faultyBackend, memoryBackend, type MemoryBackendOptions } from '@bakthat/storage-testing'
import { altered, countingRemovals, makeTree, storedNames, testEngine } from './engine.js'
import { daysOf, march, pendingRow, stored, storedValue } from './stored.js'

const three = { policy: { days: 3 } } as const

const days = (backups: readonly { readonly backup: { readonly backupDate: Date } }[]): readonly number[] =>
  backups.map(({ backup: { backupDate } }) => backupDate.getUTCDate())

describe('rotation', () => {
  it('removes what the policy does not keep, from the store and from the listing, and says why the rest stays', async () => {
    await using engine = await testEngine()
    await march(engine, 'site', 10, 18)
    const result = await rotate(engine, 'site', three)
    expect(result).toMatchObject({ name: 'site', dryRun: false, deferred: [], failed: [] })
    expect(result.keep.map(({ reasons }) => reasons.map(({ rule }) => rule))).toEqual([
      ['newest', 'days'],
      ['days'],
      ['days'],
    ])
    expect(result.removed.map(({ status }) => status)).toEqual(Array(6).fill('deleted'))
    expect(daysOf(engine, 'site')).toEqual([16, 17, 18])
    expect((await storedNames(engine.backend)).filter((name) => !name.startsWith('.'))).toHaveLength(3)
  })

  it('plans the same in a dry run, and touches nothing', async () => {
    await using engine = await testEngine()
    await march(engine, 'site', 10, 18)
    const before = await storedNames(engine.backend)
    const plan = await rotate(engine, 'site', { ...three, dryRun: true })
    expect([await storedNames(engine.backend), daysOf(engine, 'site').length]).toEqual([before, 9])
    expect(plan).toMatchObject({ dryRun: true, removed: [], deferred: [], failed: [] })
    const { keep, remove } = await rotate(engine, 'site', three)
    expect({ keep, remove }).toEqual({ keep: plan.keep, remove: plan.remove })
  })

  it('removes several at a time, and tells of them oldest first', async () => {
    await using engine = await testEngine()
    await march(engine, 'site', 1, 18)
    const { backend, most } = countingRemovals(engine.backend)
    const { removed } = await rotate({ ...engine, backend }, 'site', three)
    expect(removed.map((row) => row.backupDate.getUTCDate())).toEqual(
      Array.from({ length: 15 }, (_, index) => index + 1),
    )
    expect(most()).toBeGreaterThan(1)
  })

  it('removes nothing more the second time', async () => {
    await using engine = await testEngine()
    await march(engine, 'site', 10, 18)
    await rotate(engine, 'site', three)
    expect((await rotate(engine, 'site', three)).remove).toEqual([])
  })

  it('touches no backup of a like name, of another destination, or under way', async () => {
    await using engine = await testEngine()
    for (const name of ['site', 'site-db', 'mysite', 'Site', 'site.2026']) await march(engine, name, 12, 18)
    const elsewhere = { ...engine, backend: memoryBackend({ container: 'elsewhere' }) }
    await march(elsewhere, 'site', 12, 18)
    const [filename, storedFilename] = ['site', 'site.20260311110000.tar.zst']
    const backupDate = new Date('2026-03-11T11:00:00Z')
    const { id } = engine.catalog.begin(pendingRow(engine, { filename, storedFilename, backupDate }))
    await rotate(engine, 'site', three)
    expect(engine.catalog.find({ filename: 'site', container: engine.backend.container })).toHaveLength(3)
    expect(engine.catalog.find({ filename: 'site', container: 'elsewhere' })).toHaveLength(7)
    for (const name of ['site-db', 'mysite', 'Site', 'site.2026']) expect(daysOf(engine, name)).toHaveLength(7)
    expect(engine.catalog.find({ status: ['pending'] }).map((row) => row.id)).toEqual([id])
  })

  it('leaves the backup alone that is made while it runs', async () => {
    await using engine = await testEngine()
    await march(engine, 'site', 10, 18)
    const tree = await makeTree(`${engine.directory}/site`)
    let made: Promise<unknown> | undefined
    const backend = altered(engine.backend, {
      remove: async (...args) => {
        made ??= backup(engine, tree)
        await made
        await engine.backend.remove(...args)
      },
    })
    await rotate({ ...engine, backend }, 'site', { policy: { last: 1 } })
    expect(engine.catalog.find({ filename: 'site' }).map((row) => row.backupDate.getUTCHours())).toEqual([11, 12])
  })

  it('keeps the newest though it is 400 days old', async () => {
    await using engine = await testEngine({ now: () => new Date('2027-04-22T12:00:00Z') })
    await march(engine, 'site', 1, 18)
    for (const algorithm of ['newest', 'grandfatherson'] as const)
      await rotate(engine, 'site', { policy: { days: 7, weeks: 4, months: 6, algorithm } })
    expect(daysOf(engine, 'site')).toEqual([18])
  })

  it('keeps what is dated in the future', async () => {
    await using engine = await testEngine()
    await march(engine, 'site', 15, 20)
    const { keep } = await rotate(engine, 'site', { policy: { last: 1 } })
    expect(keep.map(({ reasons }) => reasons[0]?.rule)).toEqual(['future', 'future', 'newest'])
    expect(daysOf(engine, 'site')).toEqual([18, 19, 20])
  })

  it.each<[object]>([
    [{}],
    [{ days: 0, last: 0 }],
    [{ firstWeekDay: 0 }],
    [{ days: -1 }],
    [{ days: 1.5 }],
    [{ minutes: 7 }],
    [{ days: 1, timeZone: 'Mars/One' }],
  ])('with %j is refused', async (policy) => {
    await using engine = await testEngine()
    await march(engine, 'site', 10, 18)
    await expect(rotate(engine, 'site', { policy })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    })
    await expect(rotateAll(engine, { policy })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    expect(daysOf(engine, 'site')).toHaveLength(9)
  })

  it.each([
    ['sit', 'NOT_FOUND'],
    ['site%', 'NOT_FOUND'],
    ['*', 'NOT_FOUND'],
    ['', 'INVALID_INPUT'],
    [undefined, 'INVALID_INPUT'],
  ])('of %j is %s', async (name, code) => {
    await using engine = await testEngine()
    await march(engine, 'site', 10, 18)
    await expect(rotate(engine, name as string, three)).rejects.toMatchObject({ code })
    expect(daysOf(engine, 'site')).toHaveLength(9)
  })

  it('removes nothing where it would remove more than it may', async () => {
    await using engine = await testEngine()
    await march(engine, 'site', 10, 18)
    await expect(rotate(engine, 'site', { ...three, maxRemovals: 5 })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    expect(daysOf(engine, 'site')).toHaveLength(9)
    expect((await rotate(engine, 'site', { ...three, maxRemovals: 6 })).removed).toHaveLength(6)
  })
})

describe('a removal that fails', () => {
  it.each(['PERMISSION_DENIED', 'UNAVAILABLE'] as const)(
    'with %s leaves the row, and is made up for by the next run',
    async (code) => {
      const refused = {
        method: 'remove',
        fault: 'reject',
        of: 'site.20260315',
        error: new BakthatError(code, 'no'),
      } as const
      await using engine = await testEngine({ backend: faultyBackend(memoryBackend(), [refused]) })
      await march(engine, 'site', 14, 18)
      const result = await rotate(engine, 'site', three)
      expect(result.removed.map((row) => row.backupDate.getUTCDate())).toEqual([14])
      expect(result.failed).toMatchObject([{ backup: { status: 'complete' }, problem: { code } }])
      expect(daysOf(engine, 'site')).toEqual([15, 16, 17, 18])
      expect((await rotate(engine, 'site', three)).failed).toEqual([])
      expect(daysOf(engine, 'site')).toEqual([16, 17, 18])
    },
  )

  it('after the archive was removed is finished by the next run', async () => {
    await using engine = await testEngine()
    await march(engine, 'site', 14, 18)
    await engine.backend.remove(engine.backend.locate('site.20260314110000.tar.zst')!)
    const { removed } = await rotate(engine, 'site', three)
    expect(removed.map((row) => row.backupDate.getUTCDate())).toEqual([14, 15])
  })

  it('because it was interrupted is the last that is begun', async () => {
    await using engine = await testEngine()
    await march(engine, 'site', 1, 18)
    let begun = 0
    const backend = altered(engine.backend, {
      remove: () => {
        begun += 1
        return Promise.reject(new BakthatError('INTERRUPTED', 'it was interrupted'))
      },
    })
    const last = { policy: { last: 1 } }
    await expect(rotate({ ...engine, backend }, 'site', last)).rejects.toMatchObject({ code: 'INTERRUPTED' })
    expect([begun, daysOf(engine, 'site').length]).toEqual([16, 18])
  })

  it('because the catalog cannot be used rejects, for each of the others would fail as well', async () => {
    await using engine = await testEngine()
    await march(engine, 'site', 16, 18)
    const before = await storedNames(engine.backend)
    const prepareDeletion = (): never => {
      throw new BakthatError('CATALOG', 'it is damaged')
    }
    Object.assign(engine.catalog, { prepareDeletion })
    await expect(rotate(engine, 'site', { policy: { last: 1 } })).rejects.toMatchObject({ code: 'CATALOG' })
    expect(await storedNames(engine.backend)).toEqual(before)
  })

  it('because it was interrupted rejects, what was removed stays removed, and the next run does the rest', async () => {
    await using engine = await testEngine()
    for (let hour = 0; hour < 24; hour++)
      await stored(engine, 'site', `2026-02-01T${String(hour).padStart(2, '0')}:00:00Z`)
    await march(engine, 'site', 16, 18)
    const controller = new AbortController()
    const call = rotate(engine, 'site', {
      ...three,
      signal: controller.signal,
      onProgress: ({ bytes }) => {
        if (bytes > 0) controller.abort()
      },
    })
    await expect(call).rejects.toMatchObject({ code: 'INTERRUPTED' })
    const left = daysOf(engine, 'site').length
    expect(left).toBeGreaterThan(3)
    expect(left).toBeLessThan(27)
    expect((await rotate(engine, 'site', three)).removed).toHaveLength(left - 3)
    expect((await storedNames(engine.backend)).filter((name) => !name.startsWith('.'))).toHaveLength(3)
  })
})

describe('a key of the key-value store that is called like backups', () => {
  it('takes no place of theirs, and is no name to rotate', async () => {
    await using engine = await testEngine()
    await march(engine, 'site', 16, 18)
    for (const key of ['site', 'limits']) await storedValue(engine, key)
    const { keep, removed } = await rotate(engine, 'site', { policy: { last: 1 } })
    expect([days(keep), removed.map((row) => row.backupDate.getUTCDate())]).toEqual([[18], [16, 17]])
    expect(await storedNames(engine.backend)).toContain('site')
    await expect(rotate(engine, 'limits', { policy: { last: 1 } })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      hint: 'a key is called so, and values of keys are not rotated: bakthat kv delete deletes one',
    })
  })
})

describe('a name that the destination does not have', () => {
  it('is said to be that of backups in another one', async () => {
    await using engine = await testEngine()
    await storedValue(engine, 'site')
    const other = {
      backend: 'local',
      container: '/elsewhere',
      filename: 'site',
      storedFilename: 'site.20260318110000.tar',
    }
    const row = { ...other, backupDate: new Date('2026-03-18T11:00:00Z'), tags: [], metadata: {}, host: 'h', pid: 1 }
    engine.catalog.record({ ...row, size: 1, sha256: 'ab'.repeat(32), locator: 'x' })
    await expect(rotate(engine, 'site', { policy: { last: 1 } })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      hint: 'there is one in local (/elsewhere): choose it with -d or -p',
    })
  })
})

describe('what the store tells', () => {
  it('a backup that is gone from the store takes no place, and is no reason to remove others', async () => {
    await using engine = await testEngine()
    await march(engine, 'site', 14, 18)
    for (const day of [17, 18]) await engine.backend.remove(engine.backend.locate(`site.202603${day}110000.tar.zst`)!)
    const { keep } = await rotate(engine, 'site', { policy: { days: 2 } })
    expect(keep.map(({ backup: { backupDate }, reasons }) => [backupDate.getUTCDate(), reasons[0]?.rule])).toEqual([
      [18, 'missing'],
      [17, 'missing'],
      [16, 'newest'],
      [15, 'days'],
    ])
  })

  it('a backup that is gone from the store goes, and is not kept, where it would go in any case', async () => {
    await using engine = await testEngine()
    await march(engine, 'site', 14, 18)
    await engine.backend.remove(engine.backend.locate('site.20260315110000.tar.zst')!)
    const { keep, remove, removed } = await rotate(engine, 'site', { policy: { last: 2 } })
    expect(days(keep)).toEqual([18, 17])
    expect(remove.map(({ backup }) => backup.backupDate.getUTCDate())).toEqual([16, 15, 14])
    expect(removed.map((row) => row.backupDate.getUTCDate())).toEqual([14, 15, 16])
  })

  it.each([
    ['has lost its manifest', '.bakthat/manifests/site.20260318110000.tar.zst.json', undefined],
    ['was cut short', 'site.20260318110000.tar.zst', 'half'],
  ])('a backup that %s is none that others may go for', async (_, name, left) => {
    await using engine = await testEngine()
    await march(engine, 'site', 17, 18)
    await engine.backend.remove(engine.backend.locate(name)!)
    if (left !== undefined) await engine.backend.put(name, single(Buffer.from(left)))
    const { keep, removed } = await rotate(engine, 'site', { policy: { last: 1 } })
    expect(keep.map(({ reasons }) => reasons[0]?.rule)).toEqual(['missing', 'newest'])
    expect(removed).toEqual([])
  })

  it('a store that has lost all of them is not rotated: the disk may not be mounted', async () => {
    await using engine = await testEngine()
    await march(engine, 'site', 14, 18)
    const empty = { ...engine, backend: memoryBackend() }
    await expect(rotate(empty, 'site', three)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(daysOf(engine, 'site')).toHaveLength(5)
  })

  it('a name of which nothing is complete yet is none that the store has lost', async () => {
    await using engine = await testEngine()
    engine.catalog.begin(pendingRow(engine))
    const { keep, removed } = await rotate(engine, 'killed', three)
    expect([keep.map(({ reasons }) => reasons[0]?.rule), removed]).toEqual([['incomplete'], []])
  })

  it('a backup whose stored name does not begin with its name is there all the same', async () => {
    await using engine = await testEngine()
    await march(engine, 'site', 16, 17)
    const storedFilename = 'web.20260318110000.tgz'
    const newest = {
      ...engine.catalog.newest({ filename: 'site' })!,
      ...(await engine.backend.put(storedFilename, single(Buffer.from('newest')))),
      ...{ storedFilename, backupDate: new Date('2026-03-18T11:00:00Z'), metadata: {}, host: 'tests', pid: 1 },
    }
    engine.catalog.record(newest)
    const { keep } = await rotate(engine, 'site', { policy: { last: 1 } })
    expect(keep).toMatchObject([{ backup: { storedFilename }, reasons: [{ rule: 'newest' }, { rule: 'last' }] }])
    expect(await storedNames(engine.backend)).toEqual([storedFilename])
  })

  it('locked backups stay, and count', async () => {
    await using engine = await testEngine()
    await march(engine, 'site', 14, 18)
    const backend = described(engine.backend, (name) =>
      name.includes('20260315') ? { lockedUntil: new Date('2026-04-01') } : {},
    )
    const { keep, removed } = await rotate({ ...engine, backend }, 'site', { policy: { last: 2 } })
    expect(keep.at(-1)).toMatchObject({ reasons: [{ rule: 'locked' }] })
    expect(removed.map((row) => row.backupDate.getUTCDate())).toEqual([14, 16])
  })

  it('what waits for its lock to end stays, and does not count', async () => {
    await using engine = await testEngine()
    await march(engine, 'site', 14, 18)
    const { id } = engine.catalog.newest({ filename: 'site' })!
    engine.catalog.deferDeletion(id, new Date('2026-04-01'))
    const { keep } = await rotate(engine, 'site', { policy: { last: 1 } })
    expect(keep.map(({ reasons }) => reasons.map(({ rule }) => rule))).toEqual([['leaving'], ['newest', 'last']])
    expect(daysOf(engine, 'site')).toEqual([17, 18])
  })

  it('what the store turns out to have locked is deferred, and the rest is removed', async () => {
    await using engine = await testEngine()
    await march(engine, 'site', 14, 18)
    const backend = altered(engine.backend, {
      remove: async (locator, options) => {
        if (locator.includes('20260315')) throw new BakthatError('LOCKED', 'it is locked')
        await engine.backend.remove(locator, options)
      },
    })
    const { removed, deferred, failed } = await rotate({ ...engine, backend }, 'site', three)
    expect(removed.map((row) => row.backupDate.getUTCDate())).toEqual([14])
    expect(deferred).toMatchObject([{ backupDate: new Date('2026-03-15T11:00:00Z'), deferredUntil: expect.any(Date) }])
    expect([failed, daysOf(engine, 'site')]).toEqual([[], [15, 16, 17, 18]])
  })

  it('what was paid for is told, as long as it is', async () => {
    await using engine = await testEngine()
    await march(engine, 'site', 14, 18)
    const paid = new Date('2026-04-14T11:00:00Z')
    const backend = described(engine.backend, (name) => ({
      paidUntil: name.includes('20260314') ? new Date('2026-03-01') : paid,
    }))
    const { remove } = await rotate({ ...engine, backend }, 'site', { ...three, dryRun: true })
    expect(remove.map(({ paidUntil }) => paidUntil)).toEqual([paid, undefined])
  })

  it.each<[string, MemoryBackendOptions]>([
    ['a vault, which lists nothing at once', { names: false, minimumStorageDays: 90 }],
  ])('%s, is reckoned with from the days that it has paid for', async (_, options) => {
    await using engine = await testEngine({ backend: memoryBackend(options) })
    await march(engine, 'site', 14, 18)
    const { remove } = await rotate(engine, 'site', { ...three, dryRun: true })
    expect(days(remove)).toEqual([15, 14])
    expect(remove[0]?.paidUntil).toEqual(new Date('2026-06-13T11:00:00Z'))
  })

  it('a copy in a vault is paid for from the day on which it came there', async () => {
    await using engine = await testEngine({ backend: memoryBackend({ names: false, minimumStorageDays: 90 }) })
    await march(engine, 'site', 14, 18)
    const paidUntil = new Date('2026-09-01T00:00:00Z')
    for (const { id, metadata } of engine.catalog.find())
      engine.catalog.describe(id, { ...metadata, paid_until: paidUntil.getTime() / 1000 })
    const { remove } = await rotate(engine, 'site', { ...three, dryRun: true })
    expect(remove.map((planned) => planned.paidUntil)).toEqual([paidUntil, paidUntil])
  })
})

describe('rotating every name', () => {
  it('treats each as a group of its own, and tells what keeps one of them from it', async () => {
    await using engine = await testEngine()
    for (const name of ['b', 'a', 'lost']) await march(engine, name, 14, 18)
    for (const name of await storedNames(engine.backend))
      if (name.startsWith('lost')) await engine.backend.remove(engine.backend.locate(name)!)
    const results = await rotateAll(engine, three)
    expect(results.map(({ name, removed, problem }) => [name, removed.length, problem?.code])).toEqual([
      ['a', 2, undefined],
      ['b', 2, undefined],
      ['lost', 0, 'UNAVAILABLE'],
    ])
    expect([daysOf(engine, 'a').length, daysOf(engine, 'lost').length]).toEqual([3, 5])
  })

  it('looks in a directory, which any listing reads whole, only for what the catalog knows of each', async () => {
    await using engine = await testEngine()
    const directory = { ...engine, backend: openLocal(join(engine.directory, 'store')) }
    for (const name of ['a', 'halved', 'lost']) await march(directory, name, 14, 18)
    await rm(join(engine.directory, 'store', 'halved.20260317110000.tar.zst'))
    await rm(join(engine.directory, 'store/.bakthat/manifests/halved.20260318110000.tar.zst.json'))
    for (const name of await readdir(join(engine.directory, 'store')))
      if (name.startsWith('lost')) await rm(join(engine.directory, 'store', name))
    const backend = altered(directory.backend, { list: () => Promise.reject(new Error('it was listed')) })
    const results = await rotateAll({ ...engine, backend }, three)
    expect(results.map(({ name, problem }) => [name, problem?.code])).toEqual([
      ['a', undefined],
      ['halved', undefined],
      ['lost', 'UNAVAILABLE'],
    ])
    expect(['a', 'halved', 'lost'].map((name) => daysOf(engine, name))).toEqual([
      [16, 17, 18],
      [14, 15, 16, 17, 18],
      [14, 15, 16, 17, 18],
    ])
  })

  it('lists a directory in which it may not look at one of them', async () => {
    await using engine = await testEngine()
    const directory = { ...engine, backend: openLocal(join(engine.directory, 'store')) }
    await march(directory, 'a', 14, 18)
    const backend = altered(directory.backend, {
      stat: (locator, options) =>
        locator.startsWith('a.20260318')
          ? Promise.reject(new BakthatError('PERMISSION_DENIED', 'it belongs to another user'))
          : directory.backend.stat(locator, options),
    })
    const [result] = await rotateAll({ ...engine, backend }, three)
    expect([days(result!.keep), result!.removed.length]).toEqual([[18, 17, 16], 2])
  })

  it('is nothing where there is none', async () => {
    await using engine = await testEngine()
    expect(await rotateAll(engine, three)).toEqual([] satisfies RotateResult[])
  })
})

/** A backend whose listing tells more of each blob. */
function described(inner: StorageBackend, more: (name: string) => object): StorageBackend {
  return altered(inner, {
    list: async (options) => {
      const answer = await inner.list(options)
      if (answer.state === 'pending') return answer
      const value = (async function* () {
        for await (const blob of answer.value) yield { ...blob, ...more(blob.name) }
      })()
      return { state: 'ready', value }
    },
  })
}
