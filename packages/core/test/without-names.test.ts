import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { backup, migrate, remove, restore, sync } from '@bakthat/core'
import { coldBackend, memoryBackend, type ColdBackend } from '@bakthat/storage-testing'
import { single, type BlobInfo } from '@bakthat/storage'
import { altered, begun, describeTree, makeTree, storedNames, testEngine, type TestEngine } from './engine.js'

/** A store that gives no names and takes hours for everything. */
function vault(now = () => begun): ColdBackend {
  const inner = memoryBackend({ scheme: 'vault', names: false, minimumStorageDays: 90, now })
  return coldBackend(inner, { listing: 'deferred', now })
}

interface VaultEngine extends TestEngine {
  readonly backend: ColdBackend
  readonly tree: string
}

async function vaultEngine(): Promise<VaultEngine> {
  const backend = vault()
  const engine = await testEngine({ backend })
  return { ...engine, backend, tree: await makeTree(join(engine.directory, 'tree')) }
}

describe('in a store without names', () => {
  it('a backup is one archive, with its record beside it and its place in the catalog', async () => {
    await using engine = await vaultEngine()
    const { locator, storedFilename, metadata } = await backup(engine, engine.tree, { tags: ['a'] })
    expect(await ready(engine)).toMatchObject([
      { name: storedFilename, record: { tags: ['a'], host: 'tests', date: new Date('2026-03-18T12:00:00Z') } },
    ])
    expect(metadata).not.toHaveProperty('manifest')
    expect(engine.catalog.inventory.list('memory')).toEqual([{ archiveId: locator, filename: storedFilename }])
  })

  it('a backup is brought back by two calls, hours apart', async () => {
    await using engine = await vaultEngine()
    await backup(engine, engine.tree)
    const to = join(engine.directory, 'restored')
    await expect(restore(engine, 'tree', { to })).rejects.toMatchObject({ code: 'PENDING' })
    await expect(restore(engine, 'tree', { to })).rejects.toMatchObject({ code: 'PENDING' })
    expect(engine.backend.begun()).toBe(1)
    engine.backend.thaw()
    await restore(engine, 'tree', { to })
    expect(await describeTree(join(to, 'tree'))).toEqual(await describeTree(engine.tree))
  })

  it('a lost catalog is made again from an inventory that takes hours', async () => {
    await using engine = await vaultEngine()
    const stored = await backup(engine, engine.tree, { tags: ['a', 'b'] })
    await using other = await testEngine({ backend: engine.backend })
    await expect(sync(other)).rejects.toMatchObject({ code: 'PENDING' })
    await expect(sync(other)).rejects.toMatchObject({ code: 'PENDING' })
    expect(engine.backend.begun()).toBe(1)
    engine.backend.thaw()
    const { added, problems } = await sync(other)
    expect(problems).toEqual([])
    expect(added).toMatchObject([
      {
        filename: 'tree',
        storedFilename: stored.storedFilename,
        backupDate: stored.backupDate,
        size: stored.size,
        tags: ['a', 'b'],
        host: 'tests',
        status: 'complete',
      },
    ])
    expect(await sync(other)).toEqual({ added: [], changed: [], removed: [], problems: [] })
  })

  it('what was deleted, but is still in the inventory, stays deleted; what was stored since stays', async () => {
    await using engine = await vaultEngine()
    await backup(engine, engine.tree)
    const inventory = await ready(engine)
    await remove(engine, 'tree')
    await backup(engine, engine.tree, { name: 'later' })
    const nothing = { added: [], changed: [], removed: [], problems: [] }
    expect(await sync(listing(engine, inventory, -1))).toEqual(nothing)
    expect(engine.catalog.find().map(({ filename }) => filename)).toEqual(['later'])
  })

  it('what is still under way when an inventory has it is taken in by nobody but its own process', async () => {
    await using engine = await vaultEngine()
    const { scheme, container } = engine.backend
    const about = { backend: scheme, container, filename: 'tree', storedFilename: 'tree.20260318115900.tar.zst' }
    engine.catalog.begin({ ...about, backupDate: begun, tags: [], metadata: {}, host: engine.host, pid: engine.pid })
    await engine.backend.put(about.storedFilename, single(Buffer.from('whole')))
    await expect(sync(engine)).rejects.toMatchObject({ code: 'PENDING' })
    engine.backend.thaw()
    expect((await sync(engine)).added).toEqual([])
    expect(engine.catalog.find({ status: ['pending'] })).toHaveLength(1)
  })

  it('what was stored while an inventory was taken, and is not in it, stays', async () => {
    await using engine = await vaultEngine()
    await backup(engine, engine.tree)
    const kept = await ready(engine)
    await backup(engine, engine.tree, { name: 'young' })
    expect((await sync(listing(engine, kept, 1))).removed).toEqual([])
    expect(engine.catalog.find().map(({ filename }) => filename)).toContain('young')
  })

  it('what an inventory taken long after lacks was removed, unless it lacks everything', async () => {
    await using engine = await vaultEngine()
    const { storedFilename } = await backup(engine, engine.tree)
    const { storedFilename: gone } = await backup(engine, engine.tree, { name: 'gone' })
    const kept = (await ready(engine)).filter(({ name }) => name === storedFilename)
    const { removed } = await sync(listing(engine, kept, 3))
    expect(removed.map((backup) => backup.storedFilename)).toEqual([gone])
    await expect(sync(listing(engine, [], 3))).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })

  it('the copy that a lost answer left is told, and what is known is told from it', async () => {
    await using engine = await vaultEngine()
    const { storedFilename } = await backup(engine, engine.tree)
    const [first] = await ready(engine)
    const copy = { ...first!, id: 'blob-0', locator: 'blob-0' }
    for (const all of [
      [first!, copy],
      [copy, first!],
    ]) {
      const { added, removed, problems } = await sync(listing(engine, all, 3))
      expect([added, removed]).toEqual([[], []])
      expect(problems).toEqual([
        { message: expect.stringMatching(/is stored twice: .* the copy blob-0 is of no use$/) },
      ])
    }
    expect(engine.catalog.newest()).toMatchObject({ storedFilename, locator: first!.locator })
  })

  it('another host’s backup of the same name and second is no copy, and no damage', async () => {
    await using engine = await vaultEngine()
    await backup(engine, engine.tree)
    const [first] = await ready(engine)
    const other = { ...first!, id: 'blob-0', locator: 'blob-0', size: 1, sha256: 'f'.repeat(64) }
    const { problems } = await sync(listing(engine, [other, first!], 3))
    expect(problems).toEqual([{ message: expect.stringMatching(/the name of two backups: .* blob-0, made on tests$/) }])
  })

  it('what else has the name of a deleted backup is taken in, once the inventory is later than that', async () => {
    await using engine = await vaultEngine()
    await backup(engine, engine.tree)
    const [first] = await ready(engine)
    await remove(engine, 'tree')
    const copy = { ...first!, id: 'blob-0', locator: 'blob-0' }
    expect((await sync(listing(engine, [copy], 1))).added).toEqual([])
    expect((await sync(listing(engine, [copy], 3))).added).toMatchObject([{ locator: 'blob-0', status: 'complete' }])
  })

  it('removing one of two archives of a name leaves the other in the map', async () => {
    await using engine = await vaultEngine()
    const { storedFilename } = await backup(engine, engine.tree)
    engine.catalog.inventory.record('memory', { archiveId: 'blob-0', filename: storedFilename })
    await remove(engine, 'tree')
    expect(engine.catalog.inventory.list('memory')).toEqual([{ archiveId: 'blob-0', filename: storedFilename }])
  })

  it('what a process that is gone began, and did not store, is forgotten', async () => {
    await using engine = await vaultEngine()
    await backup(engine, engine.tree)
    const { scheme, container } = engine.backend
    const about = { backend: scheme, container, filename: 'tree', backupDate: begun, tags: [], metadata: {} }
    for (const [second, pid] of [
      ['01', engine.pid],
      ['02', 999_999],
    ] as const)
      engine.catalog.begin({ ...about, storedFilename: `tree.201303012000${second}.tgz`, host: engine.host, pid })
    const isAlive = (pid: number): boolean => pid === engine.pid
    const pending = (): number => engine.catalog.find({ status: ['pending'] }).length
    const stored = await ready(engine)
    await sync({ ...listing(engine, stored, 1), isAlive })
    expect(pending()).toBe(2)
    await sync({ ...listing(engine, stored, 3), isAlive })
    expect(engine.catalog.find({ status: ['pending'] })).toMatchObject([{ pid: engine.pid }])
  })

  it('removing says until when it is paid for all the same, or waits until that day', async () => {
    await using engine = await vaultEngine()
    await backup(engine, engine.tree)
    const paidUntil = new Date('2026-06-16T12:00:00.000Z')
    const kept = await remove(engine, 'tree', { keepUntilFree: true })
    expect([kept.deferredUntil, kept.status]).toEqual([paidUntil, 'complete'])
    const removed = await remove(engine, 'tree')
    expect(removed).toMatchObject({ status: 'deleted', paidUntil })
    expect(engine.catalog.inventory.list('memory')).toEqual([])
    expect(await ready(engine)).toEqual([])
  })
})

describe('migrating', () => {
  it('copies what comes back, call by call, and deletes nothing unasked', async () => {
    await using engine = await vaultEngine()
    const first = await backup(engine, engine.tree, { name: 'first', tags: ['a'] })
    await backup(engine, engine.tree, { name: 'second' })
    const to = { ...engine, backend: memoryBackend() }
    expect(await migrate(engine, to)).toMatchObject({ copied: [], pending: [{}, {}] })
    engine.backend.thaw()
    expect(await migrate(engine, to)).toMatchObject({
      copied: [{ filename: 'first' }, { filename: 'second' }],
      pending: [],
    })
    expect(await migrate(engine, to)).toMatchObject({ copied: [], present: [{}, {}], removed: [] })
    const copy = engine.catalog.newest({ backend: 'memory', filename: 'first' })
    expect(copy).toMatchObject({
      storedFilename: first.storedFilename,
      sha256: first.sha256,
      tags: ['a'],
      host: 'tests',
    })
    expect(await storedNames(to.backend)).toContain(`.bakthat/manifests/${first.storedFilename}.json`)
    const target = join(engine.directory, 'restored')
    await restore(to, 'first', { to: target })
    expect(await describeTree(join(target, 'tree'))).toEqual(await describeTree(engine.tree))
  })

  it('deletes each backup where it was once its copy is confirmed, if asked to', async () => {
    await using engine = await vaultEngine()
    await backup(engine, engine.tree)
    const to = { ...engine, backend: memoryBackend() }
    await migrate(engine, to, { deleteSource: true })
    expect(engine.catalog.find({ backend: 'vault' })).toHaveLength(1)
    engine.backend.thaw()
    expect(await migrate(engine, to, { deleteSource: true })).toMatchObject({
      copied: [{}],
      removed: [{ status: 'deleted' }],
    })
    expect(engine.catalog.find().map(({ backend }) => backend)).toEqual(['memory'])
  })

  it('leaves the source alone when the copy is not what was sent', async () => {
    await using engine = await vaultEngine()
    await backup(engine, engine.tree)
    const target = memoryBackend()
    const lying = altered(target, {
      put: async (name, bytes, options) => ({ ...(await target.put(name, bytes, options)), size: 1 }),
    })
    const to = { ...engine, backend: lying }
    await migrate(engine, to)
    engine.backend.thaw()
    const { failed, removed } = await migrate(engine, to, { deleteSource: true })
    expect([failed.map(({ problem }) => problem.code), removed]).toEqual([['INTEGRITY'], []])
    expect(engine.catalog.find({ backend: 'vault' })).toHaveLength(1)
    expect(await storedNames(target)).toEqual([])
  })

  it('goes nowhere from a destination to itself', async () => {
    await using engine = await vaultEngine()
    await expect(migrate(engine, engine)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })
})

/** What an inventory taken now tells. */
async function ready({ backend }: VaultEngine): Promise<readonly BlobInfo[]> {
  const asked = await backend.list()
  if (asked.state === 'ready') throw new Error('ready at once')
  backend.thaw()
  const answer = await backend.list({ ticket: asked.ticket })
  const blobs: BlobInfo[] = []
  if (answer.state === 'ready') for await (const blob of answer.value) blobs.push(blob)
  return blobs
}

/** The vault, whose inventory was taken so many days after the beginning, and holds that. */
function listing(engine: VaultEngine, blobs: readonly BlobInfo[], days: number): TestEngine {
  const asOf = new Date(begun.getTime() + days * 86_400_000)
  const list = (): ReturnType<ColdBackend['list']> =>
    Promise.resolve({ state: 'ready', value: Object.assign(iterable(blobs), { asOf }) })
  return { ...engine, backend: altered(engine.backend, { list }) }
}

async function* iterable(blobs: readonly BlobInfo[]): AsyncGenerator<BlobInfo> {
  yield* blobs
}
