import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { backup, cleanup, remove, removeBackup, verify } from '@bakthat/core'
import { generateIdentity } from '@bakthat/crypto'
import { BakthatError } from '@bakthat/errors'
import { single } from '@bakthat/storage'
import { memoryBackend } from '@bakthat/storage-testing'
import { altered, begun, makeTree, storedBytes, storedNames, testEngine, type TestEngine } from './engine.js'
import { pendingRow } from './stored.js'

/** Of the process that is killed in these tests alone it is known that it is gone. */
const isAlive = (pid: number): boolean => pid !== 99

const anyStatus = { status: ['pending', 'complete', 'deleted'] } as const

describe('a backup whose process was killed', () => {
  it('is removed from store and catalog by the next one, when it was not finished', async () => {
    await using engine = await testEngine({ isAlive })
    engine.catalog.begin(pendingRow(engine))
    for (const name of [
      'killed.20260318115900.tar.zst',
      '.bakthat/indexes/killed.20260318115900.tar.zst.zst',
      '.bakthat/indexes/killed.20260318115900.tar.zst.zst.age',
    ])
      await engine.backend.put(name, single(Buffer.from('half a backup')))
    await backup(engine, await makeTree(join(engine.directory, 'site')))
    expect((await storedNames(engine.backend)).filter((name) => name.includes('killed'))).toEqual([])
    expect(engine.catalog.find(anyStatus).map((row) => row.filename)).toEqual(['site'])
  })

  it('is completed by the next one, when only its row was left to write', async () => {
    await using engine = await testEngine({ isAlive })
    const made = await backup(engine, await makeTree(join(engine.directory, 'site')))
    await using next = await testEngine({ backend: engine.backend, isAlive })
    next.catalog.begin(pendingRow(next, { storedFilename: made.storedFilename, filename: 'site' }))
    await backup(next, join(engine.directory, 'site'), { name: 'another' })
    expect(next.catalog.find({ storedFilename: made.storedFilename })).toMatchObject([
      { status: 'complete', size: made.size, sha256: made.sha256 },
    ])
  })

  it('is no backup where its archive is gone: it had failed, and what was left of it is removed', async () => {
    await using engine = await testEngine({ isAlive })
    const tree = await makeTree(join(engine.directory, 'site'))
    const { storedFilename } = await backup(engine, tree)
    await using next = await testEngine({ backend: engine.backend, isAlive })
    next.catalog.begin(pendingRow(next, { storedFilename }))
    await engine.backend.remove(engine.backend.locate(storedFilename)!)
    const { storedFilename: another } = await backup(next, tree, { name: 'another' })
    expect(next.catalog.find(anyStatus)).toMatchObject([{ storedFilename: another }])
    expect((await storedNames(engine.backend)).filter((name) => !name.includes(another))).toEqual([])
  })

  it('is not completed where its archive is not the one that its manifest tells of', async () => {
    await using engine = await testEngine({ isAlive })
    const { storedFilename } = await backup(engine, await makeTree(join(engine.directory, 'site')))
    await using next = await testEngine({ backend: engine.backend, isAlive })
    next.catalog.begin(pendingRow(next, { storedFilename }))
    await engine.backend.remove(engine.backend.locate(storedFilename)!)
    await engine.backend.put(storedFilename, single(Buffer.from('half')))
    expect(await cleanup(next)).toMatchObject([
      { outcome: 'failed', reason: expect.stringMatching(/has 4 bytes where \d+ were stored/) },
    ])
    expect(next.catalog.find({ status: ['pending'] })).toHaveLength(1)
  })

  const refused = (): Promise<never> => Promise.reject(new BakthatError('PERMISSION_DENIED', 'may not be asked'))

  it.each([
    ['complete', 'looked for', { stat: refused }],
    ['pending', 'looked for or read', { stat: refused, retrieve: refused }],
  ] as const)('is whole, and %s, where it may not be %s', async (status, _, methods) => {
    await using engine = await testEngine({ isAlive })
    const tree = await makeTree(join(engine.directory, 'site'))
    const { storedFilename } = await backup(engine, tree)
    const whole = await storedNames(engine.backend)
    await using next = await testEngine({ backend: engine.backend, isAlive })
    next.catalog.begin(pendingRow(next, { storedFilename }))
    await backup({ ...next, backend: altered(engine.backend, methods) }, tree, { name: 'another' })
    expect(await storedNames(engine.backend)).toEqual(expect.arrayContaining(whole))
    expect(next.catalog.find({ ...anyStatus, storedFilename })).toMatchObject([{ status }])
  })

  it('is none of this host where another one took its name since', async () => {
    await using other = await testEngine({ host: 'attic' })
    const tree = await makeTree(join(other.directory, 'site'))
    const { storedFilename } = await backup(other, tree)
    const theirs = await storedNames(other.backend)
    await using engine = await testEngine({ backend: other.backend, isAlive })
    engine.catalog.begin(pendingRow(engine, { storedFilename }))
    await backup(engine, tree, { name: 'another' })
    expect(await storedNames(other.backend)).toEqual(expect.arrayContaining(theirs))
    expect(engine.catalog.find(anyStatus).map(({ filename }) => filename)).toEqual(['another'])
  })

  it('stays pending while its manifest is in cold storage', async () => {
    await using engine = await testEngine({ isAlive })
    const tree = await makeTree(join(engine.directory, 'site'))
    const { storedFilename } = await backup(engine, tree)
    await using next = await testEngine({ backend: engine.backend, isAlive })
    next.catalog.begin(pendingRow(next, { storedFilename }))
    const retrieve: TestEngine['backend']['retrieve'] = () => Promise.resolve({ state: 'pending', ticket: 'a ticket' })
    await backup({ ...next, backend: altered(engine.backend, { retrieve }) }, tree, { name: 'another' })
    expect(next.catalog.find({ status: ['pending'] })).toMatchObject([{ storedFilename }])
  })

  it('is left alone while its process may still be running', async () => {
    await using engine = await testEngine()
    engine.catalog.begin(pendingRow(engine))
    await backup(engine, await makeTree(join(engine.directory, 'site')))
    expect(engine.catalog.find({ status: ['pending'] })).toHaveLength(1)
  })

  describe('in a container', () => {
    const first = 'boot-1 pid:[1]'

    /** A backup that got as far as its archive, and then what another process made of it. */
    async function whileStoring(other: Partial<TestEngine>): Promise<{ during: string[]; outcome: unknown }> {
      await using engine = await testEngine({ processes: first })
      const tree = await makeTree(join(engine.directory, 'site'))
      let during: string[] = []
      const put: TestEngine['backend']['put'] = async (name, bytes, options) => {
        const stored = await engine.backend.put(name, bytes, options)
        if (options?.purpose !== 'archive') return stored
        await backup({ ...engine, ...other }, tree, { name: 'other' })
        during = (await storedNames(engine.backend)).filter((one) => one.startsWith('site'))
        return stored
      }
      const outcome: unknown = await backup({ ...engine, backend: altered(engine.backend, { put }) }, tree).then(
        ({ status }) => status,
        (error: unknown) => error,
      )
      return { during, outcome }
    }

    it('is left alone by another container, where processes of the first cannot be seen', async () => {
      const { during, outcome } = await whileStoring({ processes: 'boot-1 pid:[2]', isAlive: () => false })
      expect(during).toHaveLength(1)
      expect(outcome).toBe('complete')
    })

    it.each([
      ['of which its process is gone', { processes: first, isAlive: (): boolean => false }],
      ['which another has followed after a start of the machine', { processes: 'boot-2 pid:[1]' }],
    ])('is removed by the next one, in a container %s', async (_, next) => {
      expect((await whileStoring(next)).during).toEqual([])
    })
  })

  it.each([
    ['the backup', undefined, 'boot-1 pid:[1]'],
    ['who looks', 'boot-1 pid:[1]', undefined],
  ])('is judged by its process alone where %s does not tell in which container it runs', async (_, its, ours) => {
    const placed = (processes: string | undefined): Record<string, string> =>
      processes === undefined ? {} : { processes }
    for (const alive of [true, false]) {
      await using engine = await testEngine({ isAlive: () => alive })
      engine.catalog.begin(pendingRow(engine, { metadata: { writer: { host: engine.host, ...placed(its) } } }))
      await backup({ ...engine, ...placed(ours) }, await makeTree(join(engine.directory, 'site')))
      expect(engine.catalog.find({ status: ['pending'] })).toHaveLength(alive ? 1 : 0)
    }
  })

  it('is left alone when another host began it', async () => {
    await using engine = await testEngine({ isAlive: () => false })
    engine.catalog.begin(pendingRow(engine, { host: 'elsewhere' }))
    await backup(engine, await makeTree(join(engine.directory, 'site')))
    expect(engine.catalog.find({ status: ['pending'] })).toHaveLength(1)
  })
})

describe('remove', () => {
  it('takes archive, index and manifest away and keeps the row as history', async () => {
    await using engine = await testEngine()
    await backup(engine, await makeTree(join(engine.directory, 'site')))
    expect(await remove(engine, 'site')).toMatchObject({ status: 'deleted' })
    expect(await storedNames(engine.backend)).toEqual([])
    expect(engine.catalog.find(anyStatus).map((row) => row.status)).toEqual(['deleted'])
  })

  it('can be run again after it failed half-way, is listed until then, and looks finished to no other host', async () => {
    await using engine = await testEngine()
    const { backend } = engine
    const { storedFilename } = await backup(engine, await makeTree(join(engine.directory, 'site')))
    const failing = altered(backend, {
      remove: (locator, options) =>
        locator === backend.locate(storedFilename)
          ? Promise.reject(new BakthatError('UNAVAILABLE', 'the store went away'))
          : backend.remove(locator, options),
    })
    await expect(remove({ ...engine, backend: failing }, 'site')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(engine.catalog.find()).toHaveLength(1)
    expect(await storedNames(backend)).toEqual([`.bakthat/indexes/${storedFilename}.zst`, storedFilename])
    await remove(engine, 'site')
    expect(await storedNames(backend)).toEqual([])
  })

  it('leaves the backups of other names alone', async () => {
    await using engine = await testEngine()
    const tree = await makeTree(join(engine.directory, 'site'))
    await backup(engine, tree)
    await backup(engine, tree, { name: 'site-db' })
    await remove(engine, 'site')
    await expect(remove(engine, 'site')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(engine.catalog.find().map((row) => row.filename)).toEqual(['site-db'])
  })
})

describe('remove of a backup that the store has locked', () => {
  const clock = (days: number) => (): Date => new Date(begun.getTime() + days * 86_400_000)

  it('removes nothing, remembers the wish and tells the day', async () => {
    await using engine = await testEngine({ backend: memoryBackend({ lockDays: 30, now: clock(0) }) })
    await backup(engine, await makeTree(join(engine.directory, 'site')))
    const before = await storedNames(engine.backend)
    const deferredUntil = clock(30)()
    expect(await remove(engine, 'site')).toMatchObject({ status: 'complete', deferredUntil })
    expect(await storedNames(engine.backend)).toEqual(before)
    expect(engine.catalog.find()).toMatchObject([{ deleteAfter: new Date(deferredUntil.setMilliseconds(0)) }])
  })

  it('removes it once the day has come', async () => {
    let now = clock(29)
    const later = (): Date => now()
    await using engine = await testEngine({ backend: memoryBackend({ lockDays: 30, now: later }), now: later })
    now = clock(0)
    await backup(engine, await makeTree(join(engine.directory, 'site')))
    now = clock(29)
    expect(await remove(engine, 'site')).toHaveProperty('deferredUntil')
    now = clock(31)
    expect(await remove(engine, 'site')).not.toHaveProperty('deferredUntil')
    expect(await storedNames(engine.backend)).toEqual([])
    expect(engine.catalog.find(anyStatus)).toMatchObject([{ status: 'deleted' }])
  })

  it('tries again every day while there is a legal hold, and keeps all of it until then', async () => {
    const held = { onLegalHold: true as const, lockedUntil: clock(-3)() }
    await using engine = await testEngine()
    await backup(engine, await makeTree(join(engine.directory, 'site')))
    const before = await storedNames(engine.backend)
    const stat: TestEngine['backend']['stat'] = async (...args) => {
      const answer = await engine.backend.stat(...args)
      return answer.state === 'ready' ? { ...answer, value: { ...answer.value, ...held } } : answer
    }
    const holding = { ...engine, backend: altered(engine.backend, { stat }) }
    expect(await remove(holding, 'site')).toMatchObject({ status: 'complete', deferredUntil: clock(1)() })
    expect(await storedNames(engine.backend)).toEqual(before)
  })

  it('waits a day where the store does not tell which day that is', async () => {
    await using engine = await testEngine()
    await backup(engine, await makeTree(join(engine.directory, 'site')))
    const refuse = (): Promise<never> => Promise.reject(new BakthatError('LOCKED', 'the vault is locked'))
    const locked = { ...engine, backend: altered(engine.backend, { remove: refuse }) }
    expect(await remove(locked, 'site')).toMatchObject({ deferredUntil: clock(1)() })
  })
})

describe('removeBackup', () => {
  it('removes that backup and no other of its name', async () => {
    await using engine = await testEngine()
    const tree = await makeTree(join(engine.directory, 'site'))
    const [older, newer] = [await backup(engine, tree), await backup(engine, tree)]
    await removeBackup(engine, engine.catalog.newest({ storedFilename: older.storedFilename })!)
    expect(engine.catalog.find().map(({ storedFilename }) => storedFilename)).toEqual([newer.storedFilename])
    expect((await storedNames(engine.backend)).filter((name) => name.includes(older.storedFilename))).toEqual([])
  })

  it('says until when a removed backup is paid for', async () => {
    await using engine = await testEngine({ backend: memoryBackend({ minimumStorageDays: 90, now: () => begun }) })
    await backup(engine, await makeTree(join(engine.directory, 'site')))
    expect(await remove(engine, 'site')).toMatchObject({ paidUntil: new Date('2026-06-16T12:00:00.250Z') })
  })

  it('does not call a backup deleted while the store still has it', async () => {
    await using engine = await testEngine()
    await backup(engine, await makeTree(join(engine.directory, 'site')))
    const liar = { ...engine, backend: altered(engine.backend, { remove: () => Promise.resolve() }) }
    await expect(remove(liar, 'site')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(engine.catalog.find()).toHaveLength(1)
  })

  it('needs no right to ask what is there', async () => {
    await using engine = await testEngine()
    await backup(engine, await makeTree(join(engine.directory, 'site')))
    const stat = (): Promise<never> => Promise.reject(new BakthatError('PERMISSION_DENIED', 'may not be asked'))
    await remove({ ...engine, backend: altered(engine.backend, { stat }) }, 'site')
    expect(await storedNames(engine.backend)).toEqual([])
  })
})

describe('verify', () => {
  it('reads every backup of the destination through', async () => {
    await using engine = await testEngine()
    const tree = await makeTree(join(engine.directory, 'site'))
    await backup(engine, tree)
    await backup(engine, tree, { compression: { format: 'gzip' }, name: 'zipped' })
    expect(await verify(engine)).toMatchObject([
      { outcome: 'contents', entries: 7, files: 3 },
      { outcome: 'contents', entries: 7, files: 3 },
    ])
  })

  it('finds one flipped byte, and goes on to the next backup', async () => {
    await using engine = await testEngine()
    const { backend } = engine
    const tree = await makeTree(join(engine.directory, 'site'))
    const { storedFilename } = await backup(engine, tree)
    await backup(engine, tree, { name: 'fine' })
    const bytes = Buffer.from(await storedBytes(backend, storedFilename))
    bytes[bytes.length >> 1] = bytes[bytes.length >> 1]! ^ 1
    await backend.remove(backend.locate(storedFilename)!)
    await backend.put(storedFilename, single(bytes))
    expect(await verify(engine)).toMatchObject([
      { outcome: 'damaged', problem: { code: 'INTEGRITY' } },
      { outcome: 'contents' },
    ])
  })

  it.each<[string, (text: string) => string | undefined]>([
    ['is gone', () => undefined],
    ['is cut short', (text) => text.slice(0, 100)],
    ['tells of other bytes', (text) => text.replace(/"sha256": "./, '"sha256": "x')],
    ['has another checksum', (text) => text.replace(/"sha256": "[^"]*/, `"sha256": "${'0'.repeat(64)}`)],
  ])('finds a manifest that %s, which no other host and no new catalog could use', async (_, change) => {
    await using engine = await testEngine()
    const { storedFilename, metadata } = await backup(engine, await makeTree(join(engine.directory, 'site')))
    const name = `.bakthat/manifests/${storedFilename}.json`
    const text = change((await storedBytes(engine.backend, name)).toString())
    await engine.backend.remove(metadata['manifest'] as string)
    if (text !== undefined) await engine.backend.put(name, single(Buffer.from(text)))
    expect(await verify(engine)).toMatchObject([
      { outcome: 'damaged', problem: { code: 'INTEGRITY', message: expect.stringContaining(`the manifest ${name}`) } },
    ])
  })

  it('finds a backup that is gone', async () => {
    await using engine = await testEngine()
    const { storedFilename } = await backup(engine, await makeTree(join(engine.directory, 'site')))
    await engine.backend.remove(engine.backend.locate(storedFilename)!)
    expect(await verify(engine, 'site')).toMatchObject([{ outcome: 'damaged' }])
  })

  it('reads what it has no key for as stored, and the contents with the key', async () => {
    await using engine = await testEngine()
    const { identity, recipient } = await generateIdentity()
    const tree = await makeTree(join(engine.directory, 'site'))
    await backup(engine, tree, { encryption: { recipients: [recipient] } })
    expect(await verify(engine, 'site')).toMatchObject([{ outcome: 'stored', problem: { code: 'WRONG_KEY' } }])
    expect(await verify(engine, 'site', { keys: { identities: [identity] } })).toMatchObject([{ outcome: 'contents' }])
  })

  it('finds that the manifest is gone of a backup that it has no key for, too', async () => {
    await using engine = await testEngine()
    const { recipient } = await generateIdentity()
    const tree = await makeTree(join(engine.directory, 'site'))
    const { metadata } = await backup(engine, tree, { encryption: { recipients: [recipient] } })
    await engine.backend.remove(metadata['manifest'] as string)
    expect(await verify(engine, 'site')).toMatchObject([
      { outcome: 'damaged', problem: { code: 'INTEGRITY', message: expect.stringContaining('the manifest') } },
    ])
  })
})
