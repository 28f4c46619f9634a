import { mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { backup, migrate, remove, restore, sync, type DestinationContext, type Progress } from '@bakthat/core'
import { openLocal } from '@bakthat/local'
import { BakthatError } from '@bakthat/errors'
import { collect, single } from '@bakthat/storage'
import { coldBackend, memoryBackend } from '@bakthat/storage-testing'
import {
  altered,
  begun,
  describeTree,
  makeTree,
  removedWhileRead,
  storedNames,
  testEngine,
  type TestEngine,
} from './engine.js'
import { storedValue } from './stored.js'

/** A backup in memory, and a directory to copy it to. */
async function started(engine: TestEngine): Promise<{ to: DestinationContext; tree: string; copy: string }> {
  const tree = await makeTree(join(engine.directory, 'site'))
  const { storedFilename } = await backup(engine, tree)
  const store = join(engine.directory, 'store')
  return { to: { ...engine, backend: openLocal(store) }, tree, copy: join(store, storedFilename) }
}

const deleteSource = true

describe('migrate', () => {
  it('leaves a backup that restores as the original did, and removes that', async () => {
    await using engine = await testEngine()
    const { to, tree } = await started(engine)
    const { copied, removed } = await migrate(engine, to, { deleteSource })
    expect([copied.length, removed.length]).toEqual([1, 1])
    expect(await storedNames(engine.backend)).toEqual([])
    await restore(to, 'site', { to: join(engine.directory, 'again') })
    expect(await describeTree(join(engine.directory, 'again', 'site'))).toEqual(await describeTree(tree))
  })

  it('copies nothing twice', async () => {
    await using engine = await testEngine()
    const { to } = await started(engine)
    await migrate(engine, to)
    expect(await migrate(engine, to)).toMatchObject({ copied: [], present: [{ filename: 'site' }], failed: [] })
  })

  it('tells of no index, for that stays behind', async () => {
    await using engine = await testEngine()
    const { to } = await started(engine)
    await migrate(engine, to)
    await using fresh = await testEngine({ backend: to.backend })
    const { added } = await sync(fresh)
    expect(added.map(({ metadata }) => Object.keys(metadata))).toEqual([expect.not.arrayContaining(['index'])])
  })

  it('says how large the archive will be, and not that its manifest is as large', async () => {
    await using engine = await testEngine()
    const { to } = await started(engine)
    const said: (number | undefined)[] = []
    const backend = altered(to.backend, {
      put: (name, bytes, options) => {
        said.push(options?.estimatedSize)
        return to.backend.put(name, bytes, options)
      },
    })
    const { copied } = await migrate(engine, { ...to, backend })
    expect(said).toEqual([copied[0]!.size, undefined])
  })

  it('counts no copy that has lost its manifest, or is to be deleted', async () => {
    await using engine = await testEngine()
    const { to } = await started(engine)
    const [copied] = (await migrate(engine, to)).copied
    const copy = to.catalog.newest({ backend: 'local', storedFilename: copied!.storedFilename })!
    to.catalog.deferDeletion(copy.id, new Date('2026-07-01'))
    const kept = { present: [], removed: [] }
    expect(await migrate(engine, to, { deleteSource })).toMatchObject({
      ...kept,
      failed: [{ problem: { message: 'its copy in local is to be deleted after 2026-07-01 00:00 UTC' } }],
    })
    await using next = await testEngine({ backend: to.backend })
    await sync(next)
    await to.backend.remove(copy.metadata['manifest'] as string)
    const other = { ...engine, catalog: next.catalog, backend: to.backend }
    expect(await migrate(engine, other, { deleteSource })).toMatchObject({
      ...kept,
      failed: [{ problem: { code: 'INTEGRITY' } }],
    })
  })

  it('takes no other backup of the same name and size for a copy', async () => {
    await using engine = await testEngine()
    const { to } = await started(engine)
    const made = engine.catalog.newest()!
    const { scheme: backend, container } = to.backend
    const blob = await to.backend.put(made.storedFilename, single(Buffer.alloc(made.size)))
    engine.catalog.record({ ...made, ...blob, backend, container, host: 'tests', pid: 1, metadata: {} })
    expect(await migrate(engine, to, { deleteSource })).toMatchObject({
      present: [],
      removed: [],
      failed: [{ problem: { code: 'ALREADY_EXISTS' } }],
    })
  })

  it('leaves nothing of a copy that fails, and makes it when run again', async () => {
    await using engine = await testEngine()
    const { to } = await started(engine)
    const put: typeof to.backend.put = (name, ...rest) =>
      name.startsWith('.bakthat/manifests/')
        ? Promise.reject(new BakthatError('INTEGRITY', 'it was not stored as it was sent'))
        : to.backend.put(name, ...rest)
    const failing = { ...to, backend: altered(to.backend, { put }) }
    expect(await migrate(engine, failing, { deleteSource })).toMatchObject({ copied: [], removed: [], failed: [{}] })
    expect(await storedNames(to.backend)).toEqual([])
    expect(engine.catalog.find({ status: ['pending'] })).toEqual([])
    expect((await migrate(engine, to)).copied).toHaveLength(1)
  })

  describe('to a store that confirms sizes alone', () => {
    const deaf = { container: 'sizes', confirmation: 'size' } as const

    it.each([
      ['archive', (name: string) => !name.startsWith('.bakthat/')],
      ['manifest', (name: string) => name.startsWith('.bakthat/')],
    ])('removes no original before all of its copy was read: not with another %s there', async (_, isFaulty) => {
      await using engine = await testEngine()
      const { tree } = await started(engine)
      const inner = memoryBackend(deaf)
      const retrieve: typeof inner.retrieve = async (locator, options) => {
        const answer = await inner.retrieve(locator, options)
        if (answer.state === 'pending' || !isFaulty(locator)) return answer
        return { ...answer, value: single(Buffer.alloc((await collect(answer.value, 1e6)).length)) }
      }
      const to = { ...engine, backend: altered(inner, { retrieve }) }
      const refused = await migrate(engine, to, { deleteSource })
      expect(refused).toMatchObject({ copied: [{}], removed: [], failed: [{ problem: { code: 'INTEGRITY' } }] })
      expect(refused.failed[0]!.problem.message).toMatch(/^its copy in memory is not what was stored/)
      await restore(engine, 'site', { to: join(engine.directory, 'again') })
      expect(await describeTree(join(engine.directory, 'again', 'site'))).toEqual(await describeTree(tree))
      expect(await migrate(engine, { ...to, backend: inner }, { deleteSource })).toMatchObject({ removed: [{}] })
    })

    it('leaves the original of a copy that is cold', async () => {
      await using engine = await testEngine()
      await started(engine)
      const to = { ...engine, backend: coldBackend(memoryBackend(deaf)) }
      const cold = { code: 'COLD', message: expect.stringMatching(/^its copy in memory is cold/) }
      expect(await migrate(engine, to, { deleteSource })).toMatchObject({ removed: [], failed: [{ problem: cold }] })
    })
  })

  it('tells how far it is, copying and reading back', async () => {
    await using engine = await testEngine()
    await started(engine)
    const to = { ...engine, backend: memoryBackend({ container: 'sizes', confirmation: 'size' }) }
    const told: Progress[] = []
    await migrate(engine, to, { deleteSource, onProgress: (progress) => told.push(progress) })
    const { storedFilename: current, size } = engine.catalog.newest()!
    expect(told.filter(({ bytes }) => bytes === size)).toEqual(
      ['copying', 'verifying'].map((phase) => ({ phase, current, files: 0, bytes: size, bytesTotal: size })),
    )
  })

  it('goes on where an original cannot be removed, which is told, and removed when run again', async () => {
    await using engine = await testEngine()
    const { to, tree } = await started(engine)
    await backup(engine, tree, { name: 'other' })
    const denied = new BakthatError('PERMISSION_DENIED', 'these credentials may not remove')
    const from = { ...engine, backend: altered(engine.backend, { remove: () => Promise.reject(denied) }) }
    const { copied, removed, failed } = await migrate(from, to, { deleteSource })
    expect([copied.length, removed.length]).toEqual([2, 0])
    expect(failed).toEqual(
      copied.map((backup) => ({ backup, problem: { code: 'PERMISSION_DENIED', message: denied.message } })),
    )
    expect(await migrate(engine, to, { deleteSource })).toMatchObject({
      present: [{}, {}],
      removed: [{}, {}],
      failed: [],
    })
  })

  it('says nothing of a copy that is true of its original alone: how that is locked and paid for', async () => {
    await using engine = await testEngine({
      backend: memoryBackend({ lockDays: 30, minimumStorageDays: 90, now: () => begun }),
    })
    const { to } = await started(engine)
    await migrate(engine, to)
    const [original, copy] = ['memory', 'local'].map((backend) => engine.catalog.newest({ backend })!.metadata)
    for (const term of ['locked_until', 'paid_until']) {
      expect(original).toHaveProperty(term)
      expect(copy).not.toHaveProperty(term)
    }
  })

  it('copies again what was deleted where it is copied to', async () => {
    await using engine = await testEngine()
    const { to } = await started(engine)
    await migrate(engine, to)
    await remove(to, 'site')
    const { copied } = await migrate(engine, to)
    expect(copied).toMatchObject([{ filename: 'site' }])
    expect(to.catalog.find({ backend: 'local' })).toMatchObject([{ status: 'complete' }])
  })

  it('does not bring back what was moved, deleted there, and waits for its deletion where it was', async () => {
    await using engine = await testEngine({ backend: memoryBackend({ lockDays: 30, now: () => begun }) })
    const { to } = await started(engine)
    expect((await migrate(engine, to, { deleteSource })).removed).toMatchObject([{ deferredUntil: expect.any(Date) }])
    expect((await migrate(engine, to, { deleteSource })).present).toHaveLength(1)
    await remove(to, 'site')
    expect(await migrate(engine, to, { deleteSource })).toMatchObject({ copied: [], present: [], failed: [] })
    expect(to.catalog.find({ backend: 'local' })).toEqual([])
  })

  it('goes on after a backup whose stored name another one has there', async () => {
    await using engine = await testEngine()
    const { to, copy } = await started(engine)
    const { storedFilename } = await backup(engine, join(engine.directory, 'site'), { name: 'web' })
    await mkdir(dirname(copy))
    await writeFile(copy, 'of another host, which wrote no manifest yet')
    const { copied, failed } = await migrate(engine, to, { deleteSource })
    expect(copied).toMatchObject([{ storedFilename }])
    expect(failed).toMatchObject([{ backup: { filename: 'site' }, problem: { code: 'ALREADY_EXISTS' } }])
    expect(await readFile(copy, 'utf8')).toContain('of another host')
    expect(engine.catalog.find({ backend: engine.backend.scheme })).toMatchObject([{ filename: 'site' }])
  })

  it('goes on after a backup that another host removes while it is read', async () => {
    await using engine = await testEngine()
    const { to } = await started(engine)
    await backup(engine, join(engine.directory, 'site'), { name: 'web' })
    const { copied, failed } = await migrate({ ...engine, backend: removedWhileRead(engine.backend) }, to)
    expect(copied).toEqual([])
    expect(failed).toMatchObject([
      { backup: { filename: 'site' }, problem: { code: 'INTEGRITY' } },
      { backup: { filename: 'web' }, problem: { code: 'INTEGRITY' } },
    ])
    expect(await storedNames(to.backend)).toEqual([])
  })

  it('leaves the values of keys where they are, and says so', async () => {
    await using engine = await testEngine()
    const { to } = await started(engine)
    await storedValue(engine, 'limits')
    const notices: string[] = []
    const onNotice = (notice: string): number => notices.push(notice)
    expect((await migrate(engine, to, { deleteSource, onNotice })).copied).toMatchObject([{ filename: 'site' }])
    expect(notices).toContain('only backups are copied: left alone are the values of 1 key')
    expect(await storedNames(engine.backend)).toEqual(['limits'])
  })

  it.each([
    ['its archive', 1, 'copied'],
    ['its manifest', 2, 'present'],
  ] as const)(
    'is settled after its process was killed once %s was stored, also for a backup that another host made',
    async (_, stored, outcome) => {
      await using engine = await testEngine()
      const { to } = await started({ ...engine, host: 'attic' })
      await new Promise<void>((reached) => {
        let count = 0
        const put: typeof to.backend.put = async (...args) => {
          const blob = await to.backend.put(...args)
          if (++count < stored) return blob
          reached()
          return new Promise(() => undefined)
        }
        void migrate(engine, { ...to, host: engine.host, backend: altered(to.backend, { put }) })
      })
      const result = await migrate(engine, { ...to, host: engine.host, isAlive: () => false })
      expect(result[outcome]).toMatchObject([{ filename: 'site', host: 'attic' }])
      expect(to.catalog.find({ backend: 'local' })).toMatchObject([{ status: 'complete', host: 'attic' }])
    },
  )

  it.each([
    ['was removed', (copy: string) => rm(copy)],
    ['was cut short', (copy: string) => truncate(copy, 10)],
  ])('keeps the original where its copy %s meanwhile', async (_, harm) => {
    await using engine = await testEngine()
    const { to, copy } = await started(engine)
    await migrate(engine, to)
    const before = await storedNames(engine.backend)
    await harm(copy)
    expect(await migrate(engine, to, { deleteSource })).toMatchObject({
      present: [],
      removed: [],
      failed: [{ backup: { filename: 'site' }, problem: { code: 'INTEGRITY' } }],
    })
    expect(await storedNames(engine.backend)).toEqual(before)
  })
})
