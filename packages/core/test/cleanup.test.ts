import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import type { BackupRow } from '@bakthat/catalog'
import { backup, cancelRemoval, cleanup, remove, rotate, sync, type CleanupOptions } from '@bakthat/core'
import { BakthatError } from '@bakthat/errors'
import { single, type Availability, type BlobInfo, type Leftover } from '@bakthat/storage'
import { memoryBackend } from '@bakthat/storage-testing'
import { altered, begun, countingRemovals, makeTree, storedNames, testEngine, type TestEngine } from './engine.js'
import { pendingRow, storedValue } from './stored.js'

const day = 86_400_000

/** An engine on a store in memory, whose clock is set by hand. */
async function engineInTime(
  options: { lockDays?: number; minimumStorageDays?: number } = {},
): Promise<TestEngine & { days: (count: number) => void; put: (name: string) => Promise<void> }> {
  let now = begun
  const clock = (): Date => now
  const backend = memoryBackend({ ...options, now: clock })
  return Object.assign(await testEngine({ backend, now: clock, isAlive: (pid) => pid !== 99 }), {
    days: (count: number): void => {
      now = new Date(now.getTime() + count * day)
    },
    put: async (name: string): Promise<void> => {
      await backend.put(name, single(Buffer.from('piece')))
    },
  })
}

type EngineInTime = Awaited<ReturnType<typeof engineInTime>>

/** Deletes the newest backup, and makes one as if it were so many days later. */
async function insteadOfNewest(engine: EngineInTime, days: number): Promise<void> {
  await remove(engine, 'site')
  engine.days(days)
  await backup(engine, join(engine.directory, 'site'))
  engine.days(-days)
}

/** What a store says of a blob that is locked for so many milliseconds more. */
function lockedFor(milliseconds: number, now: Date, answer: Availability<BlobInfo>): Availability<BlobInfo> {
  if (answer.state === 'pending') return answer
  return { ...answer, value: { ...answer.value, lockedUntil: new Date(now.getTime() + milliseconds) } }
}

/** What belongs to no backup, and is surely ours. */
function pieceOf(name: string): string {
  return `.bakthat/manifests/${name}.20260318115900.tar.json`
}

async function outcomes(engine: TestEngine, options?: CleanupOptions): Promise<string[]> {
  const items = await cleanup(engine, options)
  return items.map(({ kind, name, outcome, reason = '' }) => `${kind} ${name} ${outcome} ${reason}`.trim())
}

describe('cleanup', () => {
  it('takes an archive to be as young as its index, which is stored last where uploads are dated by their beginning', async () => {
    await using engine = await engineInTime()
    const archive = 'long.20260318115900.tar.zst'
    await engine.put(archive)
    engine.days(3)
    await engine.put(`.bakthat/indexes/${archive}.zst`)
    expect(await outcomes(engine)).toEqual([
      `orphan ${archive} kept younger than a day`,
      `orphan .bakthat/indexes/${archive}.zst kept younger than a day`,
    ])
    engine.days(1)
    expect(await outcomes(engine)).toEqual([
      `orphan ${archive} removed`,
      `orphan .bakthat/indexes/${archive}.zst removed`,
    ])
  })

  it('removes several things at a time, and tells of them in the order in which they were found', async () => {
    await using engine = await engineInTime()
    const indexAt = (hour: number): string =>
      `.bakthat/indexes/lost.20260318${String(hour).padStart(2, '0')}0000.tar.zst`
    const names = Array.from({ length: 20 }, (_, hour) => indexAt(hour))
    for (const name of names) await engine.put(name)
    engine.days(2)
    const { backend, most } = countingRemovals(engine.backend)
    const items = await cleanup({ ...engine, backend })
    expect(items.map(({ name, outcome }) => [name, outcome])).toEqual(names.map((name) => [name, 'removed']))
    expect(most()).toBeGreaterThan(1)
  })

  it('removes pieces of unfinished backups that are older than a day, and no backup', async () => {
    await using engine = await engineInTime()
    await backup(engine, await makeTree(join(engine.directory, 'site')))
    const whole = await storedNames(engine.backend)
    const lost = 'lost.20260318115900.tar.zst.age'
    for (const name of [lost, `.bakthat/indexes/${lost}.zst.age`, '.bakthat/manifests/gone.20260318115900.tgz.json'])
      await engine.put(name)
    expect(await outcomes(engine)).toEqual([
      `orphan ${lost} kept younger than a day`,
      'orphan .bakthat/manifests/gone.20260318115900.tgz.json kept younger than a day',
      `orphan .bakthat/indexes/${lost}.zst.age kept younger than a day`,
    ])
    engine.days(1)
    expect((await outcomes(engine, { dryRun: true })).every((line) => line.endsWith('found'))).toBe(true)
    expect(await storedNames(engine.backend)).toHaveLength(whole.length + 3)
    expect((await outcomes(engine)).filter((line) => line.endsWith('removed'))).toHaveLength(3)
    expect(await storedNames(engine.backend)).toEqual(whole)
    expect(await cleanup(engine)).toEqual([])
  })

  it('takes another age for young if told to', async () => {
    await using engine = await engineInTime()
    const name = '.bakthat/manifests/lost.20260318115900.tar.json'
    await engine.put(name)
    expect(await outcomes(engine, { olderThanSeconds: 7200 })).toEqual([`orphan ${name} kept younger than 2 h`])
    expect(await outcomes(engine, { olderThanSeconds: 0 })).toEqual([`orphan ${name} removed`])
  })

  it('leaves alone what may be a backup of the Python tool, and what is not ours at all', async () => {
    await using engine = await engineInTime()
    for (const name of ['old.20130604191055.tgz', 'old.20130604191055.tgz.enc', 'notes.txt']) await engine.put(name)
    engine.days(2)
    expect(await outcomes(engine)).toEqual([
      'orphan old.20130604191055.tgz kept it may be a backup of the Python tool, which wrote no manifests',
    ])
    expect(await storedNames(engine.backend)).toHaveLength(3)
  })

  it.each(['mysql.20260301020000.gz', 'site.20260301020000.tar', '-image.20260301020000.tar.zst.age'])(
    'leaves alone what is only named as an archive of ours: %s',
    async (name) => {
      await using engine = await engineInTime()
      await engine.put(name)
      engine.days(2)
      expect(await outcomes(engine)).toEqual([
        `orphan ${name} kept nothing but its name tells that it is one of Bakthat`,
      ])
      expect((await sync(engine)).problems).toEqual([{ message: expect.stringContaining(`${name} has no manifest`) }])
      expect(await storedNames(engine.backend)).toEqual([name])
    },
  )

  it('leaves alone a backup of the catalog without a manifest, claimed or not', async () => {
    await using engine = await engineInTime()
    for (const [filename, container] of [
      ['one', engine.backend.container],
      ['two', ''],
    ] as const) {
      const storedFilename = `${filename}.20130604191055.tar`
      await engine.put(storedFilename)
      const row = pendingRow(engine, { filename, storedFilename, container })
      engine.catalog.record({ ...row, size: 5, sha256: 'ab'.repeat(32), locator: storedFilename, metadata: {} })
    }
    engine.days(2)
    expect(await cleanup(engine)).toEqual([])
  })

  it('removes an index that is named after a key, and leaves the value of the key alone', async () => {
    await using engine = await engineInTime()
    const { storedFilename } = await storedValue(engine, 'state.20130604191055.tar')
    const index = `.bakthat/indexes/${storedFilename}.zst`
    await engine.put(index)
    engine.days(2)
    expect(await outcomes(engine)).toEqual([`orphan ${index} removed`])
    expect(await storedNames(engine.backend)).toEqual([storedFilename])
  })

  it('leaves all of a backup alone that is under way, however old its store says that it is', async () => {
    await using engine = await engineInTime()
    const storedFilename = 'long.20260318115900.tar.zst'
    const pieces = [storedFilename, `.bakthat/indexes/${storedFilename}.zst`]
    for (const name of pieces) await engine.put(name)
    engine.catalog.begin(pendingRow(engine, { storedFilename, pid: 1 }))
    engine.days(2)
    expect(await outcomes(engine)).toEqual([`pending ${storedFilename} kept under way on tests`])
    expect(await storedNames(engine.backend)).toEqual(expect.arrayContaining(pieces))
  })

  it('looks again before it removes: a manifest may have come meanwhile', async () => {
    await using engine = await engineInTime()
    const name = 'slow.20260318115900.tar'
    const index = `.bakthat/indexes/${name}.zst`
    for (const piece of [name, index]) await engine.put(piece)
    engine.days(2)
    const { backend } = engine
    const late = altered(backend, {
      list: async (options) => {
        const answer = await backend.list(options)
        await engine.put(`.bakthat/manifests/${name}.json`)
        return answer
      },
    })
    expect(await outcomes({ ...engine, backend: late })).toEqual([
      `orphan ${name} kept its backup is complete by now`,
      `orphan ${index} kept its backup is complete by now`,
    ])
  })

  it('keeps what tells that an archive is ours until the archive is gone', async () => {
    await using engine = await engineInTime()
    const name = 'lost.20260318115900.tar.zst'
    const index = `.bakthat/indexes/${name}.zst`
    for (const piece of [name, index]) await engine.put(piece)
    engine.days(2)
    const failing = altered(engine.backend, {
      remove: (locator, options) =>
        locator === engine.backend.locate(name)
          ? Promise.reject(new BakthatError('UNAVAILABLE', 'the disk fails'))
          : engine.backend.remove(locator, options),
    })
    expect(await outcomes({ ...engine, backend: failing })).toEqual([
      `orphan ${name} failed the disk fails`,
      `orphan ${index} kept its archive is still there`,
    ])
    expect(await outcomes(engine)).toEqual([`orphan ${name} removed`, `orphan ${index} removed`])
    expect(await storedNames(engine.backend)).toEqual([])
  })

  it('settles backups whose process was killed, and tells whose others are', async () => {
    await using engine = await engineInTime()
    engine.catalog.begin(pendingRow(engine))
    engine.catalog.begin(pendingRow(engine, { storedFilename: 'here.20260318115901.tar', pid: 1 }))
    engine.catalog.begin(pendingRow(engine, { storedFilename: 'there.20260318115902.tar', host: 'attic' }))
    await engine.put('killed.20260318115900.tar.zst')
    engine.days(2)
    expect(await outcomes(engine)).toEqual([
      'pending killed.20260318115900.tar.zst removed',
      'pending here.20260318115901.tar kept under way on tests',
      'pending there.20260318115902.tar kept under way on attic',
    ])
    expect(await storedNames(engine.backend)).toEqual([])
  })

  it('settles what nobody has written of for a day: a process of that number may be another one', async () => {
    await using engine = await engineInTime()
    const names = [
      'idle.20260318115900.tar',
      'there.20260318115901.tar',
      'busy.20260318115902.tar',
      'quiet.20260318115903.tar',
    ]
    const [idle = '', there = '', busy = '', quiet = ''] = names
    for (const storedFilename of names) {
      const host = storedFilename === there ? 'a1b2c3d4e5f6' : 'tests'
      engine.catalog.begin(pendingRow(engine, { storedFilename, host, pid: 1 }))
    }
    const left = [
      { id: '1', name: idle, kind: 'unfinished upload', writtenAt: begun },
      { id: '2', name: busy, kind: 'unfinished upload', writtenAt: new Date(begun.getTime() + 2 * day) },
      { id: '3', name: busy, kind: 'unfinished upload', writtenAt: begun },
      { id: '4', name: quiet, kind: 'unfinished upload' },
    ]
    engine.days(2)
    const backend = Object.assign(engine.backend, {
      leftovers: () => ReadableStream.from(left),
      removeLeftover: () => Promise.resolve(),
    })
    const pending = async (options: CleanupOptions): Promise<string[]> =>
      (await outcomes({ ...engine, backend }, options)).filter((line) => line.startsWith('pending'))
    const kept = [`pending ${busy} kept under way on tests`, `pending ${quiet} kept under way on tests`]
    const young = await pending({ dryRun: true, olderThanSeconds: 3 * 86_400 })
    expect(young.map((line) => line.split(' ')[2])).toEqual(['kept', 'kept', 'kept', 'kept'])
    expect(await pending({ dryRun: true })).toEqual([`pending ${idle} found`, `pending ${there} found`, ...kept])
    expect(await pending({ olderThanSeconds: 0 })).toEqual([
      `pending ${idle} removed`,
      `pending ${there} removed`,
      ...kept,
    ])
    expect(await pending({})).toEqual(kept)
  })

  it('leaves alone what begins while it looks', async () => {
    await using engine = await engineInTime()
    engine.catalog.begin(pendingRow(engine, { storedFilename: 'busy.20260318115901.tar', pid: 1 }))
    const young = pendingRow(engine, { storedFilename: 'young.20260318120000.tar', pid: 1 })
    let hasBegun = false
    const leftovers = async function* (): AsyncGenerator<Leftover> {
      yield* []
      if (hasBegun) return
      hasBegun = true
      engine.catalog.begin(young)
      await engine.put(young.storedFilename)
    }
    await outcomes({ ...engine, backend: Object.assign(engine.backend, { leftovers }) })
    expect(await storedNames(engine.backend)).toEqual([young.storedFilename])
    expect(engine.catalog.find({ status: ['pending'] })).toHaveLength(2)
  })

  it('leaves alone what another process completes while it looks', async () => {
    await using engine = await engineInTime()
    const row = engine.catalog.begin(pendingRow(engine))
    await engine.put(row.storedFilename)
    const stat: TestEngine['backend']['stat'] = async (locator, options) => {
      const answer = await engine.backend.stat(locator, options).finally(() => {
        if (locator.includes('manifests'))
          engine.catalog.complete(row.id, { size: 5, sha256: '', locator, metadata: {} })
      })
      return answer
    }
    await outcomes({ ...engine, backend: altered(engine.backend, { stat }) })
    expect(await storedNames(engine.backend)).toEqual([row.storedFilename])
  })

  it('takes a copy for as young as it is, and not for as old as what it is a copy of', async () => {
    await using engine = await engineInTime()
    const backupDate = new Date('2025-03-18')
    engine.catalog.begin(pendingRow(engine, { storedFilename: 'copy.20250318000000.tar', pid: 1, backupDate }))
    expect(
      await outcomes({
        ...engine,
        backend: Object.assign(engine.backend, { leftovers: () => ReadableStream.from([]) }),
      }),
    ).toEqual(['pending copy.20250318000000.tar kept under way on tests'])
  })

  it('leaves alone what lies under a prefix that goes on where this one ends', async () => {
    await using engine = await engineInTime()
    const theirs = ['2-photos.20260318115900.tar.zst', '2-new.20260318115900.tar.zst']
    for (const name of ['2-.bakthat/manifests/photos.20260318115900.tar.zst.json', ...theirs]) await engine.put(name)
    engine.days(2)
    expect(await outcomes(engine)).toEqual([])
    expect((await sync(engine)).problems).toEqual([])
  })

  it('completes a backup that had only its row left to write', async () => {
    await using engine = await engineInTime()
    const made = await backup(engine, await makeTree(join(engine.directory, 'site')))
    await using next = await testEngine({ backend: engine.backend, isAlive: () => false })
    next.catalog.begin(pendingRow(next, { storedFilename: made.storedFilename, filename: 'site' }))
    expect(await outcomes(next)).toEqual([`pending ${made.storedFilename} completed`])
    expect(next.catalog.find()).toMatchObject([{ storedFilename: made.storedFilename, size: made.size }])
  })

  it('tells of a backup left pending whose manifest is damaged, which keeps no other backup from being made', async () => {
    await using engine = await engineInTime()
    const row = engine.catalog.begin(pendingRow(engine))
    for (const name of [row.storedFilename, `.bakthat/manifests/${row.storedFilename}.json`]) await engine.put(name)
    await backup(engine, await makeTree(join(engine.directory, 'site')))
    expect(await outcomes(engine)).toEqual([
      `pending ${row.storedFilename} failed the manifest .bakthat/manifests/${row.storedFilename}.json is damaged`,
    ])
    expect(await storedNames(engine.backend)).toContain(row.storedFilename)
  })

  it.each<[string, (engine: EngineInTime, newest: BackupRow) => unknown]>([
    ['was deleted since', (engine) => remove(engine, 'site')],
    ['is gone from the store', ({ backend }, { locator }) => backend.remove(locator!)],
    ['has lost its manifest', ({ backend }, { metadata }) => backend.remove(metadata['manifest'] as string)],
    ['waits for its own deletion', ({ catalog, now }, { id }) => catalog.deferDeletion(id, now())],
    ['was deleted since, and one before it was not', (engine) => insteadOfNewest(engine, -60)],
    ['was deleted since, and the one after it is dated in the future', (engine) => insteadOfNewest(engine, 60)],
  ])(
    'spares what a rotation wanted deleted where the newest of its name %s, until somebody names it',
    async (_, lose) => {
      await using engine = await engineInTime({ minimumStorageDays: 30 })
      const tree = await makeTree(join(engine.directory, 'site'))
      const { storedFilename } = await backup(engine, tree)
      engine.days(1)
      await backup(engine, tree)
      await rotate(engine, 'site', { policy: { last: 1 }, keepUntilFree: true })
      engine.days(40)
      await lose(engine, engine.catalog.newest()!)
      expect(await outcomes(engine)).toContain(
        `deferred ${storedFilename} kept nothing newer of its name is whole in the storage`,
      )
      expect(await storedNames(engine.backend)).toContain(storedFilename)
      expect(await remove(engine, storedFilename)).toMatchObject({ status: 'deleted' })
    },
  )

  it.each<[string, (engine: EngineInTime) => Partial<TestEngine['backend']>]>([
    [
      'is looked at',
      ({ backend, now }) => ({ stat: async (...args) => lockedFor(day, now(), await backend.stat(...args)) }),
    ],
    ['is to be removed', () => ({ remove: () => Promise.reject(new BakthatError('LOCKED', 'it is locked')) })],
  ])('spares likewise what a rotation wanted deleted that shows its lock only where it %s', async (_, lock) => {
    await using engine = await engineInTime()
    const tree = await makeTree(join(engine.directory, 'site'))
    const { storedFilename } = await backup(engine, tree)
    engine.days(1)
    await backup(engine, tree)
    const backend = altered(engine.backend, lock(engine))
    const { deferred } = await rotate({ ...engine, backend }, 'site', { policy: { last: 1 } })
    expect(deferred).toMatchObject([{ storedFilename }])
    engine.days(2)
    await remove(engine, 'site')
    expect(await outcomes(engine)).toEqual([
      `deferred ${storedFilename} kept nothing newer of its name is whole in the storage`,
    ])
    expect(await storedNames(engine.backend)).toContain(storedFilename)
  })

  it('carries out what a rotation wanted deleted while the newest of its name is there', async () => {
    await using engine = await engineInTime({ minimumStorageDays: 30 })
    const tree = await makeTree(join(engine.directory, 'site'))
    const { storedFilename } = await backup(engine, tree)
    engine.days(1)
    const newest = await backup(engine, tree)
    await rotate(engine, 'site', { policy: { last: 1 }, keepUntilFree: true })
    engine.days(40)
    expect(await outcomes(engine)).toEqual([`deferred ${storedFilename} removed`])
    expect(engine.catalog.find()).toMatchObject([{ id: newest.id }])
  })

  it('carries out what was to be deleted, once its lock has ended', async () => {
    await using engine = await engineInTime({ lockDays: 30 })
    const { storedFilename } = await backup(engine, await makeTree(join(engine.directory, 'site')))
    await remove(engine, 'site')
    engine.days(29)
    expect(await outcomes(engine)).toEqual([`deferred ${storedFilename} kept to go after 2026-04-17 12:00 UTC`])
    engine.days(2)
    expect(await outcomes(engine)).toEqual([`deferred ${storedFilename} removed`])
    expect(await storedNames(engine.backend)).toEqual([])
    expect(engine.catalog.find()).toEqual([])
  })

  it('leaves what was to be deleted, and is to be kept after all', async () => {
    await using engine = await engineInTime({ lockDays: 30 })
    const tree = await makeTree(join(engine.directory, 'site'))
    const { metadata } = await backup(engine, tree)
    await backup(engine, tree)
    const [older, newer] = engine.catalog.find()
    await rotate(engine, 'site', { policy: { last: 1 } })
    await remove(engine, 'site')
    expect(cancelRemoval(engine, 'site')).not.toHaveProperty('deleteAfter')
    expect(cancelRemoval(engine, older!.storedFilename)).toMatchObject({ metadata })
    engine.days(31)
    expect(await outcomes(engine)).toEqual([])
    expect(engine.catalog.find().map(({ id }) => id)).toEqual([older!.id, newer!.id])
    expect(() => cancelRemoval(engine, 'other')).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }))
  })

  it('goes on where one thing cannot be removed, and says why', async () => {
    await using engine = await engineInTime()
    for (const name of ['a', 'b', 'c']) await engine.put(pieceOf(name))
    engine.days(2)
    const { backend } = engine
    const codes = { a: 'PERMISSION_DENIED', b: 'LOCKED' } as Record<string, 'PERMISSION_DENIED' | 'LOCKED'>
    const partly = altered(backend, {
      remove: (locator) => {
        const code = codes[locator.replace('.bakthat/manifests/', '')[0]!]
        return code === undefined ? backend.remove(locator) : Promise.reject(new BakthatError(code, 'not this one'))
      },
    })
    expect(await outcomes({ ...engine, backend: partly })).toEqual([
      `orphan ${pieceOf('a')} failed not this one`,
      `orphan ${pieceOf('b')} kept locked by the store`,
      `orphan ${pieceOf('c')} removed`,
    ])
  })
})

describe('cleanup of unfinished uploads', () => {
  async function outcomesWith(left: readonly Leftover[], options?: CleanupOptions): Promise<[string[], string[]]> {
    await using engine = await engineInTime()
    engine.catalog.begin(pendingRow(engine, { storedFilename: 'busy.20260318115900.tar', pid: 1 }))
    const removed: string[] = []
    const backend = Object.assign(engine.backend, {
      leftovers: () => ReadableStream.from(left),
      removeLeftover: (id: string) => {
        removed.push(id)
        return Promise.resolve()
      },
    })
    const lines = await outcomes({ ...engine, backend }, options)
    return [lines.filter((line) => line.startsWith('leftover')), removed]
  }

  const writtenAt = new Date(begun.getTime() - 2 * day)
  const old = { id: '1', name: 'old.20260318115900.tar', kind: 'unfinished upload', writtenAt, size: 5 }

  it('removes old ones of ours, and leaves young ones, those under way and those of others alone', async () => {
    const left = [
      old,
      { ...old, id: '2', name: 'young.20260318115900.tar', writtenAt: begun },
      { ...old, id: '3', name: 'busy.20260318115900.tar' },
      { ...old, id: '4', name: 'of another program.iso' },
      { ...old, id: '5', name: '.bakthat/manifests/old.20260318115900.tar.json' },
    ]
    expect(await outcomesWith(left)).toEqual([
      [
        'leftover old.20260318115900.tar removed',
        'leftover young.20260318115900.tar kept younger than a day',
        'leftover busy.20260318115900.tar kept its backup is under way',
        'leftover .bakthat/manifests/old.20260318115900.tar.json removed',
      ],
      ['1', '5'],
    ])
  })

  it('leaves one alone that a backup goes on with, where the store tells only when it was begun', async () => {
    await using engine = await engineInTime()
    engine.catalog.begin(pendingRow(engine, { storedFilename: old.name, pid: 1 }))
    engine.days(2)
    const backend = Object.assign(engine.backend, {
      capabilities: { ...engine.backend.capabilities, listing: 'deferred' as const },
      leftovers: () => ReadableStream.from([old]),
      removeLeftover: () => Promise.reject(new Error('it is needed')),
    })
    expect(await outcomes({ ...engine, backend })).toEqual([
      `pending ${old.name} kept under way on tests`,
      `leftover ${old.name} kept its backup is under way`,
    ])
  })

  it('takes one of unknown age for a young one', async () => {
    const ageless = { id: '1', name: old.name, kind: old.kind }
    expect(await outcomesWith([ageless])).toEqual([['leftover old.20260318115900.tar kept of unknown age'], []])
    expect((await outcomesWith([ageless], { olderThanSeconds: 0 }))[1]).toEqual(['1'])
  })
})

it('what sync tells of pieces is what cleanup removes', async () => {
  await using engine = await engineInTime()
  const lost = 'lost.20260318115900.tar'
  for (const name of [lost, `.bakthat/indexes/${lost}.zst`, '.bakthat/manifests/gone.20260318115900.tar.json'])
    await engine.put(name)
  expect((await sync(engine)).problems.map(({ remedy }) => remedy)).toContain('bakthat cleanup -d memory')
  engine.days(2)
  await cleanup(engine)
  expect((await sync(engine)).problems).toEqual([])
})
