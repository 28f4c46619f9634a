import { join } from 'node:path'
import { describe, expect, it, jest } from '@jest/globals'
import { backup, cleanup, migrate, remove, resolveBackup, restore, sync, type Progress } from '@bakthat/core'
import { BakthatError } from '@bakthat/errors'
import { single, type BlobInfo, type StorageBackend } from '@bakthat/storage'
import { memoryBackend } from '@bakthat/storage-testing'
import {
  altered,
  begun,
  describeTree,
  makeTree,
  storedBytes,
  storedNames,
  testEngine,
  type TestEngine,
} from './engine.js'
import { storedValue } from './stored.js'

describe('sync', () => {
  it('rebuilds a lost catalog from the storage alone', async () => {
    await using engine = await testEngine()
    const tree = await makeTree(join(engine.directory, 'site'))
    const made = [await backup(engine, tree, { tags: ['a'] }), await backup(engine, tree, { name: 'other' })]
    await using fresh = await testEngine({ backend: engine.backend })
    const { added } = await sync(fresh)
    expect(added).toHaveLength(2)
    for (const { storedFilename } of made) {
      const unlike = { id: 0, lastUpdated: begun }
      const row = { ...fresh.catalog.newest({ storedFilename }), ...unlike }
      expect(row).toEqual({ ...engine.catalog.newest({ storedFilename }), ...unlike })
    }
    await restore(fresh, 'site', { to: join(fresh.directory, 'to') })
    expect(await describeTree(join(fresh.directory, 'to', 'site'))).toEqual(await describeTree(tree))
  })

  it('takes in a backup that was stored after the archives were listed and before the manifests were', async () => {
    await using engine = await testEngine()
    const { storedFilename } = await backup(engine, await makeTree(join(engine.directory, 'site')))
    const list: StorageBackend['list'] = async (options) => {
      const answer = await engine.backend.list(options)
      if (answer.state === 'pending') return answer
      const listed: BlobInfo[] = []
      for await (const blob of answer.value) if (blob.name !== storedFilename) listed.push(blob)
      return { state: 'ready', value: ReadableStream.from(listed) }
    }
    await using fresh = await testEngine({ backend: altered(engine.backend, { list }) })
    expect(await sync(fresh)).toMatchObject({ added: [{ storedFilename }], problems: [] })
  })

  it('takes in a backup of ours though its name begins like the prefix of another destination', async () => {
    await using engine = await testEngine()
    const { storedFilename } = await backup(engine, await makeTree(join(engine.directory, 'web-1')))
    await engine.backend.put('web-.bakthat/manifests/2.20260318115900.tar.zst.json', single(Buffer.from('theirs')))
    await using fresh = await testEngine({ backend: engine.backend })
    expect(await sync(fresh)).toMatchObject({ added: [{ storedFilename }], problems: [] })
  })

  it('does nothing the second time', async () => {
    await using engine = await testEngine()
    await backup(engine, await makeTree(join(engine.directory, 'site')))
    expect(await sync(engine)).toEqual({ added: [], changed: [], removed: [], problems: [] })
  })

  it('asks of nothing by itself that is listed where the catalog has it', async () => {
    await using engine = await testEngine()
    await backup(engine, await makeTree(join(engine.directory, 'site')))
    await storedValue(engine, 'limits')
    const refused = (): Promise<never> => Promise.reject(new Error('it was asked for'))
    const backend = altered(engine.backend, { stat: refused, retrieve: refused })
    expect(await sync({ ...engine, backend })).toEqual({ added: [], changed: [], removed: [], problems: [] })
    await engine.backend.remove(engine.backend.locate('limits')!)
    expect((await sync(engine)).removed).toMatchObject([{ filename: 'limits' }])
  })

  it('reads what the catalog has of the destination once', async () => {
    await using engine = await testEngine()
    await backup(engine, await makeTree(join(engine.directory, 'site')))
    const asked = jest.spyOn(engine.catalog, 'find')
    await sync(engine)
    const whole = asked.mock.calls.filter(([query = {}]) => query.container !== '' && query.status === undefined)
    expect(whole).toHaveLength(1)
  })

  it('marks as deleted what another host removed', async () => {
    await using engine = await testEngine()
    const tree = await makeTree(join(engine.directory, 'site'))
    const { storedFilename, metadata } = await backup(engine, tree)
    await backup(engine, tree, { name: 'stays' })
    await engine.backend.remove(metadata['manifest'] as string)
    await engine.backend.remove(engine.backend.locate(storedFilename)!)
    expect((await sync(engine)).removed.map((row) => row.storedFilename)).toEqual([storedFilename])
    expect(engine.catalog.find().map(({ filename }) => filename)).toEqual(['stays'])
  })

  it('finds a backup again that was copied in place, of which the version that the catalog knows is gone', async () => {
    await using engine = await testEngine()
    const tree = await makeTree(join(engine.directory, 'site'))
    await backup(engine, tree)
    const row = engine.catalog.newest()!
    engine.catalog.record({ ...row, locator: engine.backend.locate('gone')!, host: 'tests', pid: 1 })
    await expect(restore(engine, 'site', { to: engine.directory })).rejects.toMatchObject({ code: 'INTEGRITY' })
    expect(await sync(engine)).toMatchObject({
      added: [{ id: row.id, locator: row.locator }],
      changed: [],
      problems: [],
    })
    await restore(engine, 'site', { to: join(engine.directory, 'to') })
    expect(await describeTree(join(engine.directory, 'to', 'site'))).toEqual(await describeTree(tree))
    expect(await sync(engine)).toMatchObject({ added: [], changed: [], removed: [], problems: [] })
  })

  it('writes down in which class the store keeps a backup now', async () => {
    await using engine = await testEngine()
    const tree = await makeTree(join(engine.directory, 'site'))
    const { storedFilename, metadata } = await backup(engine, tree)
    await backup(engine, tree, { name: 'stays' })
    const paidUntil = new Date('2026-07-01')
    const cold = movedTo('GLACIER', paidUntil, engine.backend)
    const { changed } = await sync({ ...engine, backend: cold })
    expect(changed).toMatchObject([{ storedFilename }])
    const terms = { storage_class: 'GLACIER', paid_until: paidUntil.getTime() / 1000 }
    expect(engine.catalog.newest({ storedFilename })!.metadata).toEqual({ ...metadata, ...terms })
    expect((await sync({ ...engine, backend: cold })).changed).toEqual([])

    await using fresh = await testEngine({ backend: cold })
    expect(await sync(fresh)).toMatchObject({ added: [{}, {}], changed: [] })
    expect(fresh.catalog.newest({ storedFilename })!.metadata).toEqual({ ...metadata, ...terms })

    expect((await sync(engine)).changed).toMatchObject([{ storedFilename }])
    expect(engine.catalog.newest({ storedFilename })!.metadata).toEqual(metadata)
  })

  it('reads what it does not know several at a time, in whatever order that comes, and tells how far it is', async () => {
    await using engine = await testEngine()
    const tree = await makeTree(join(engine.directory, 'site'))
    const names = Array.from({ length: 40 }, (_, index) => `site-${String(index).padStart(2, '0')}`)
    for (const name of names) await backup(engine, tree, { name })
    const gate = slowed(engine.backend)
    await using fresh = await testEngine({ backend: gate.backend })
    const told: Progress[] = []
    const { added } = await sync(fresh, { onProgress: (progress) => told.push(progress) })
    expect(added.map(({ filename }) => filename)).toEqual(names)
    expect(gate.most()).toBe(16)
    const last = told.at(-1)!
    expect(last).toMatchObject({ phase: 'syncing', files: 40, bytes: last.bytesTotal })
    expect(told.filter(({ phase }) => phase === 'listing')).toHaveLength(120)
  })

  it('passes over what another host removes meanwhile', async () => {
    await using engine = await testEngine()
    const tree = await makeTree(join(engine.directory, 'site'))
    const { metadata } = await backup(engine, tree)
    await backup(engine, tree, { name: 'stays' })
    const vanishing = altered(engine.backend, {
      retrieve: async (locator, options) => {
        if (locator === metadata['manifest']) await engine.backend.remove(locator)
        return engine.backend.retrieve(locator, options)
      },
    })
    await using fresh = await testEngine({ backend: vanishing })
    const { added, problems } = await sync(fresh)
    expect(added.map(({ filename }) => filename)).toEqual(['stays'])
    expect(problems).toEqual([])
  })

  it('ends with the first failure, and keeps what it has read', async () => {
    await using engine = await testEngine()
    const tree = await makeTree(join(engine.directory, 'site'))
    for (const name of ['a', 'b', 'c']) await backup(engine, tree, { name })
    let reads = 0
    const failing = altered(engine.backend, {
      retrieve: (locator, options) => {
        if (++reads === 2) throw new BakthatError('UNAVAILABLE', 'gone for a moment')
        return engine.backend.retrieve(locator, options)
      },
    })
    await using fresh = await testEngine({ backend: failing })
    await expect(sync(fresh)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(fresh.catalog.find()).not.toHaveLength(0)
    await sync(fresh)
    expect(fresh.catalog.find()).toHaveLength(3)
  })

  it('keeps a backup that has no manifest, as those of the Python tool', async () => {
    await using engine = await testEngine()
    const { metadata } = await backup(engine, await makeTree(join(engine.directory, 'site')))
    await engine.backend.remove(metadata['manifest'] as string)
    expect((await sync(engine)).removed).toEqual([])
    expect(engine.catalog.find()).toHaveLength(1)
  })

  it('tells of manifests that are damaged, of a later format or of another backup, and takes in the others', async () => {
    await using engine = await testEngine()
    const { storedFilename } = await backup(engine, await makeTree(join(engine.directory, 'site')))
    const manifest = await storedBytes(engine.backend, `.bakthat/manifests/${storedFilename}.json`)
    await using fresh = await testEngine({ backend: engine.backend })
    const put = (name: string, content: string | Uint8Array): Promise<unknown> =>
      engine.backend.put(`.bakthat/manifests/${name}.json`, single(Buffer.from(content)))
    const other = storedFilename.replace('site', 'other')
    await engine.backend.put(other, single(await storedBytes(engine.backend, storedFilename)))
    await put(other, manifest)
    await put('a', '{')
    await put('b', '{"format_version": 2}')
    await put('c', '[]')
    const { added, problems } = await sync(fresh)
    expect(added.map((row) => row.storedFilename)).toEqual([storedFilename])
    expect(problems).toHaveLength(4)
    expect(problems[1]!.message).toContain('newer version')
    expect(problems[3]!.message).toContain('tells of another backup')
  })
})

describe('what the Python tool stored', () => {
  const name = 'mydir.20130301200000.tgz.enc'

  it('is found again as a copy that has a manifest', async () => {
    await using engine = await testEngine()
    await using old = await testEngine()
    const blob = await old.backend.put(name, single(Buffer.from('beefish')))
    const about = { backend: 'memory', container: old.backend.container, filename: 'mydir', storedFilename: name }
    old.catalog.record({ ...about, backupDate: begun, tags: [], metadata: {}, host: 'tests', pid: 1, ...blob })
    const elsewhere = altered(engine.backend, { scheme: 'elsewhere' })
    await migrate(old, { ...old, backend: elsewhere })
    expect((await sync({ ...old, backend: elsewhere })).problems).toEqual([])
    await using fresh = await testEngine()
    const { added, problems } = await sync({ ...fresh, backend: elsewhere })
    expect([added.map(({ storedFilename }) => storedFilename), problems]).toEqual([[name], []])
  })

  it('is taken in where its row belongs to no destination that is known, and its archive is here', async () => {
    await using engine = await testEngine()
    const blob = await engine.backend.put(name, single(Buffer.from('beefish')))
    const about = { backend: 'memory', container: '', filename: 'mydir', backupDate: begun, tags: ['old'] }
    const row = { ...about, metadata: { is_enc: true }, host: 'tests', pid: 1, size: blob.size, locator: '' }
    engine.catalog.record({ ...row, storedFilename: name })
    engine.catalog.record({ ...row, storedFilename: 'mydir.20130301200001.tgz.enc' })
    const twice = await engine.backend.put('again.20130301200000.tgz', single(Buffer.from('beefish')))
    const again = { ...row, filename: 'again', storedFilename: 'again.20130301200000.tgz', metadata: { is_enc: false } }
    engine.catalog.record(again)
    const here = { container: engine.backend.container, metadata: { newer: true }, ...twice }
    engine.catalog.record({ ...again, ...here })
    expect(() => resolveBackup(engine, 'mydir')).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('bakthat sync -d memory') }),
    )
    expect(await sync(engine)).toMatchObject({ added: [{ storedFilename: name, tags: ['old'] }], problems: [] })
    expect(resolveBackup(engine, 'mydir')).toMatchObject({ storedFilename: name, metadata: { is_enc: true } })
    expect((await sync(engine)).added).toEqual([])
    expect(resolveBackup(engine, 'again').metadata).toEqual({ newer: true })
  })

  it('is not copied where it has another size than was written down: nothing else tells of damage', async () => {
    await using engine = await testEngine()
    const { size } = await engine.backend.put(name, single(Buffer.from('beefish')))
    const about = { backend: 'memory', container: engine.backend.container, filename: 'mydir', storedFilename: name }
    const row = { ...about, backupDate: begun, tags: [], metadata: {}, host: 'tests', pid: 1, locator: name }
    engine.catalog.record({ ...row, size: size + 1 })
    const backend = altered(memoryBackend(), { scheme: 'elsewhere' })
    const { copied, failed } = await migrate(engine, { ...engine, backend })
    expect(copied).toEqual([])
    expect(failed).toMatchObject([{ problem: { message: expect.stringContaining('7 bytes where 8 were stored') } }])
    expect(await storedNames(backend)).toEqual([])
  })

  it('is not what has its name and another size', async () => {
    await using engine = await testEngine()
    const { size } = await engine.backend.put(name, single(Buffer.from('beefish')))
    const about = { backend: 'memory', container: '', filename: 'mydir', storedFilename: name, backupDate: begun }
    const row = { ...about, tags: [], metadata: {}, host: 'tests', pid: 1, locator: '' }
    engine.catalog.record({ ...row, size: size + 1 })
    expect((await sync(engine)).added).toEqual([])
  })
})

describe('a manifest that somebody else wrote', () => {
  const name = 'site.20260318120000.tar.zst'
  const honest = {
    format_version: 1,
    filename: 'site',
    stored_filename: name,
    backup_date: 1_773_835_200,
    size: 4,
    sha256: 'a'.repeat(64),
    tags: [],
    host: 'tests',
    metadata: {},
  }

  async function planted(manifest: object): Promise<TestEngine> {
    const engine = await testEngine()
    await engine.backend.put(name, single(Buffer.from('tree')))
    await engine.backend.put(`.bakthat/manifests/${name}.json`, single(Buffer.from(JSON.stringify(manifest))))
    return engine
  }

  it.each([
    ['a date that no calendar has', { backup_date: 1e20 }],
    ['a date before there were any', { backup_date: -1 }],
    ['a size that is none', { size: -4 }],
    ['a tag of two words', { tags: ['a b'] }],
    ['a name that leads elsewhere', { filename: '../site' }],
    ['a checksum that is none', { sha256: 'abc' }],
    ['more than any manifest holds', { metadata: { more: 'x'.repeat(1 << 20) } }],
  ])('is told as damaged, and the rest is taken in, with %s', async (_, part) => {
    await using engine = await planted({ ...honest, ...part })
    await using other = await testEngine({ backend: engine.backend })
    await backup(other, await makeTree(join(other.directory, 'other')))
    const { added, problems } = await sync(engine)
    expect(added.map(({ filename }) => filename)).toEqual(['other'])
    expect(problems).toEqual([{ message: `the manifest .bakthat/manifests/${name}.json is damaged` }])
  })

  it('cannot have the removal of its backup remove anything else', async () => {
    const precious = memoryBackend().locate('precious')!
    await using engine = await planted({ ...honest, metadata: { index: precious, manifest: precious } })
    for (const other of ['precious', `.bakthat/indexes/${name}.zst`])
      await engine.backend.put(other, single(Buffer.from('a blob')))
    expect((await sync(engine)).added).toHaveLength(1)
    await remove(engine, name)
    expect(await storedNames(engine.backend)).toEqual(['precious'])
  })
})

describe('what sync tells and does not take in', () => {
  it('is a backup whose archive is gone, or of another size', async () => {
    await using engine = await testEngine()
    const tree = await makeTree(join(engine.directory, 'site'))
    const gone = await backup(engine, tree)
    const cut = await backup(engine, tree, { name: 'cut' })
    for (const { storedFilename } of [gone, cut]) await engine.backend.remove(engine.backend.locate(storedFilename)!)
    await engine.backend.put(cut.storedFilename, single(Buffer.from('half')))
    await using fresh = await testEngine({ backend: engine.backend })
    const { added, problems } = await sync(fresh)
    expect(added).toEqual([])
    expect(problems).toEqual([
      { message: expect.stringMatching(/cut\S+ has 4 bytes/) },
      {
        message: expect.stringMatching(/site\S+ has a manifest, but its archive is gone/),
        remedy: 'bakthat cleanup -d memory',
      },
    ])
    expect((await sync(engine)).problems.map(({ remedy }) => remedy)).toEqual([
      `bakthat delete -d memory ${cut.storedFilename}`,
      `bakthat delete -d memory ${gone.storedFilename}`,
    ])
  })

  it.each<[string, string, (blob: BlobInfo) => readonly BlobInfo[]]>([
    ['something put over it', '', (blob) => [{ ...blob, size: 4 }]],
    ['a marker that says that it was deleted', '', () => []],
    ['such a marker of its manifest', '.bakthat/manifests/', () => []],
  ])('is a backup that %s hides, which is whole and not to be deleted', async (_, folder, seen) => {
    await using engine = await testEngine()
    const { storedFilename } = await backup(engine, await makeTree(join(engine.directory, 'site')))
    const { backend } = engine
    const list: StorageBackend['list'] = async (options) => {
      const answer = await backend.list(options)
      if (answer.state === 'pending') return answer
      const blobs: BlobInfo[] = []
      for await (const blob of answer.value) blobs.push(blob)
      const shown = blobs.flatMap((blob) => (blob.name.startsWith(folder + storedFilename) ? seen(blob) : [blob]))
      return { state: 'ready', value: ReadableStream.from(shown) }
    }
    expect((await sync({ ...engine, backend: altered(backend, { list }) })).problems).toEqual([
      { message: expect.stringContaining(`${storedFilename} is whole, but hidden`) },
    ])
    expect(engine.catalog.find()).toHaveLength(1)
  })

  it('is mended in this destination and no other, also under a name that looks like an option', async () => {
    await using engine = await testEngine()
    const { storedFilename } = await backup(engine, await makeTree(join(engine.directory, 'site')), { name: '-d s 3' })
    await engine.backend.remove(engine.backend.locate(storedFilename)!)
    expect((await sync(engine)).problems.map(({ remedy }) => remedy)).toEqual([
      `bakthat delete -d memory -- '${storedFilename}'`,
    ])
  })

  it('is a manifest of a key, which is removed without the value of the key', async () => {
    await using engine = await testEngine({ backend: memoryBackend({ now: () => begun }) })
    await storedValue(engine, 'limits')
    const { storedFilename } = await storedValue(engine, 'old.20260318120000.tgz')
    await engine.backend.put('.bakthat/manifests/limits.json', single(Buffer.from('{}')))
    const told = {
      message: 'the manifest .bakthat/manifests/limits.json is damaged',
      remedy: 'bakthat cleanup -d memory',
    }
    expect((await sync(engine)).problems).toEqual([told])
    await cleanup(engine, { olderThanSeconds: 0 })
    expect(await storedNames(engine.backend)).toEqual(['limits', storedFilename])
    expect((await sync(engine)).problems).toEqual([])
  })

  it('is an archive without a manifest', async () => {
    await using engine = await testEngine()
    for (const name of ['site.20260318120000.tar', '.bakthat/indexes/site.20260318120000.tar.zst'])
      await engine.backend.put(name, single(Buffer.from('half')))
    for (const name of ['old.20130604191055.tgz', 'old.20130604191055.tgz.enc', 'other.20130604191055'])
      await engine.backend.put(name, single(Buffer.from('whole')))
    await engine.backend.put('notes.txt', single(Buffer.from('not ours')))
    expect((await sync(engine)).problems).toEqual([
      {
        message:
          'old.20130604191055.tgz may be a backup of the Python tool, which wrote no manifests: get it, and restore --file',
      },
      {
        message: 'site.20260318120000.tar has no manifest: its backup was not finished, or is under way elsewhere',
        remedy: 'bakthat cleanup -d memory',
      },
      { message: expect.stringContaining('old.20130604191055.tgz.enc may be a backup of the Python tool') },
    ])
  })

  it('is a backup that has lost its manifest', async () => {
    await using engine = await testEngine()
    const { storedFilename, metadata } = await backup(engine, await makeTree(join(engine.directory, 'site')))
    await engine.backend.remove(metadata['manifest'] as string)
    expect((await sync(engine)).problems).toEqual([
      {
        message: `${storedFilename} has lost its manifest: no other host knows it, and a cleanup there removes it`,
        remedy: `bakthat delete -d memory ${storedFilename}`,
      },
    ])
  })

  it('is a destination that is empty where it should not be: the disk may not be mounted', async () => {
    await using engine = await testEngine()
    await backup(engine, await makeTree(join(engine.directory, 'site')))
    const unmounted = { ...engine, backend: memoryBackend() }
    await expect(sync(unmounted)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(engine.catalog.find()).toHaveLength(1)
  })
})

/** The same store, after its rules moved the archives of `site` to another class. */
function movedTo(storageClass: string, paidUntil: Date, backend: StorageBackend): StorageBackend {
  return altered(backend, {
    list: async (options) => {
      const answer = await backend.list(options)
      if (answer.state === 'pending') return answer
      const blobs = answer.value
      async function* moved(): AsyncGenerator<BlobInfo> {
        for await (const blob of blobs) yield blob.name.startsWith('site') ? { ...blob, storageClass, paidUntil } : blob
      }
      return { ...answer, value: moved() }
    },
  })
}

/** The same store, slow to answer: what it was asked first comes last. `most`: how much it was asked for at the same time. */
function slowed(backend: StorageBackend): { readonly backend: StorageBackend; most(): number } {
  const waiting: (() => void)[] = []
  let most = 0
  const answerAll = (): void => {
    most = Math.max(most, waiting.length)
    for (const answer of waiting.splice(0).toReversed()) answer()
  }
  return {
    most: () => most,
    backend: altered(backend, {
      retrieve: async (locator, options) => {
        if (waiting.length === 0) setImmediate(answerAll)
        await new Promise<void>((resolve) => waiting.push(resolve))
        return backend.retrieve(locator, options)
      },
    }),
  }
}
