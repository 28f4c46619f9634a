import { createCipheriv } from 'node:crypto'
import { symlinkSync } from 'node:fs'
import { access, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { backup, entries, read, remove, restore, restoreFile, type BackupEntry } from '@bakthat/core'
import { generateIdentity, type KeyPair } from '@bakthat/crypto'
import { BakthatError } from '@bakthat/errors'
import { coldBackend, memoryBackend } from '@bakthat/storage-testing'
import type { StorageBackend } from '@bakthat/storage'
import { altered, begun, makeTree, storedBytes, testEngine, type TestEngine } from './engine.js'
import { storedValue } from './stored.js'

let pair: KeyPair
beforeAll(async () => {
  pair = await generateIdentity()
})

const mebibyte = 1024 ** 2

/** What cannot be compressed, and is the same each time. */
function noise(size: number): Buffer {
  return createCipheriv('aes-128-ctr', Buffer.alloc(16, 7), Buffer.alloc(16)).update(Buffer.alloc(size))
}

interface Counted extends TestEngine {
  /** Bytes that were read out of archives. */
  readonly read: () => number
}

/** An engine that counts what is read, with a backup of 20 MiB. */
async function largeBackup(form: {
  encrypted: boolean
  format: 'zstd' | 'gzip' | 'none'
}): Promise<Counted & { readonly keys: { readonly identities: readonly string[] } }> {
  let read = 0
  const inner = memoryBackend()
  const backend = altered(inner, {
    retrieve: async (locator, options) => {
      const answer = await inner.retrieve(locator, options)
      if (answer.state === 'pending' || locator.startsWith('.bakthat/')) return answer
      const { value } = answer
      const counted = async function* () {
        for await (const chunk of value) {
          read += chunk.length
          yield chunk
        }
      }
      return { ...answer, value: counted() }
    },
  })
  const engine = await testEngine({ backend })
  const tree = await makeTree(join(engine.directory, 'site'))
  for (let at = 0; at < 10; at++) await writeFile(join(tree, `large-${at}`), noise(2 * mebibyte + at))
  await backup(engine, tree, {
    compression: { format: form.format },
    ...(form.encrypted && { encryption: { recipients: [pair.recipient] } }),
  })
  return Object.assign(engine, { read: () => read, keys: { identities: [pair.identity] } })
}

async function listed(engine: TestEngine, name: string, options = {}): Promise<BackupEntry[]> {
  const found: BackupEntry[] = []
  for await (const entry of entries(engine, name, options)) found.push(entry)
  return found
}

/** The same store, which has lost every index. */
function withoutIndexes(backend: StorageBackend): StorageBackend {
  return altered(backend, {
    retrieve: (locator, options) =>
      backend.retrieve(locator.startsWith('.bakthat/indexes/') ? 'nothing-there' : locator, options),
  })
}

describe('the entries of a backup', () => {
  it('are told from its index, and no byte of its archive is read', async () => {
    await using engine = await largeBackup({ encrypted: true, format: 'zstd' })
    const found = await listed(engine, 'site', { keys: engine.keys })
    expect(found.map(({ path }) => path).slice(0, 3)).toEqual(['site', 'site/hello.txt', 'site/large-0'])
    expect(found[1]).toMatchObject({ type: 'file', size: 6, mode: 0o640, mtimeNs: expect.any(BigInt) })
    expect(found.find(({ type }) => type === 'symlink')).toMatchObject({
      path: 'site/sub/link',
      linkTarget: '../hello.txt',
    })
    expect(engine.read()).toBe(0)
  })

  it('are the same where there is no index, from the archive', async () => {
    await using engine = await largeBackup({ encrypted: true, format: 'gzip' })
    const options = { keys: engine.keys }
    const told = await listed(engine, 'site', options)
    const lost = { ...engine, backend: withoutIndexes(engine.backend) }
    expect(await listed(lost, 'site', options)).toEqual(told)
    expect(engine.read()).toBeGreaterThan(20 * mebibyte)
  })

  it('can be interrupted while they are told, with and without an index', async () => {
    await using engine = await testEngine()
    const tree = await makeTree(join(engine.directory, 'site'))
    for (let at = 0; at < 1200; at++) symlinkSync('nowhere', join(tree, `link-${at}`))
    await backup(engine, tree, { compression: { format: 'zstd' } })
    for (const backend of [engine.backend, withoutIndexes(engine.backend)]) {
      const stopping = new AbortController()
      const telling = (async () => {
        for await (const { path } of entries({ ...engine, backend }, 'site', { signal: stopping.signal }))
          if (path === 'site') setImmediate(() => stopping.abort())
      })()
      await expect(telling).rejects.toMatchObject({ code: 'INTERRUPTED' })
    }
  })

  it('want the key, and a backup that is a tree', async () => {
    await using engine = await largeBackup({ encrypted: true, format: 'zstd' })
    await expect(listed(engine, 'site')).rejects.toMatchObject({ code: 'WRONG_KEY' })
    await storedValue(engine, 'value')
    await expect(listed(engine, 'value')).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(listed(engine, 'nothing')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('of a cold backup without an index are asked of nobody', async () => {
    const backend = coldBackend(memoryBackend({ now: () => begun }), { now: () => begun })
    await using engine = await testEngine({ backend })
    await backup(engine, await makeTree(join(engine.directory, 'site')))
    const lost = { ...engine, backend: withoutIndexes(backend) }
    await expect(listed(lost, 'site')).rejects.toMatchObject({ code: 'COLD' })
    expect(backend.begun()).toBe(0)
  })
})

describe('restoring a part of a backup', () => {
  it.each([
    { encrypted: false, format: 'zstd' },
    { encrypted: true, format: 'zstd' },
    { encrypted: true, format: 'gzip' },
    { encrypted: true, format: 'none' },
  ] as const)('fetches little more than that: %j', async (form) => {
    await using engine = await largeBackup(form)
    const to = join(engine.directory, 'to')
    const progress: (number | undefined)[] = []
    const result = await restore(engine, 'site', {
      to,
      keys: engine.keys,
      only: ['site/large-3', 'site/sub/link'],
      onProgress: ({ bytesTotal }) => void progress.push(bytesTotal),
    })
    expect(result).toMatchObject({ files: 1, entries: 4, topLevel: ['site'] })
    expect((await readFile(join(to, 'site/large-3'))).equals(noise(2 * mebibyte + 3))).toBe(true)
    await expect(access(join(to, 'site/hello.txt'))).rejects.toThrow('ENOENT')
    expect(engine.read()).toBeLessThan(11 * mebibyte)
    expect(new Set(progress)).toEqual(new Set([2 * mebibyte + 3]))
  })

  it.each([
    ['there is no index', withoutIndexes],
    [
      'the index is damaged',
      (backend: StorageBackend) =>
        altered(backend, {
          retrieve: async (locator, options) =>
            backend.retrieve(locator, {
              ...options,
              ...(locator.startsWith('.bakthat/indexes/') && { range: { start: 0, end: 20 } }),
            }),
        }),
    ],
    [
      'the store has no ranges',
      (backend: StorageBackend) => altered(backend, { capabilities: { ...backend.capabilities, ranges: false } }),
    ],
  ])('is done from all of it where %s', async (_, change) => {
    await using engine = await largeBackup({ encrypted: false, format: 'zstd' })
    const to = join(engine.directory, 'to')
    const totals = new Set<number | undefined>()
    await restore({ ...engine, backend: change(engine.backend) }, 'site', {
      to,
      only: ['site/sub'],
      onProgress: ({ bytesTotal }) => void totals.add(bytesTotal),
    })
    expect([...totals]).toEqual([undefined])
    expect(await readFile(join(to, 'site/sub/nothing'), 'utf8')).toBe('')
    await expect(access(join(to, 'site/hello.txt'))).rejects.toThrow('ENOENT')
    expect(engine.read()).toBeGreaterThan(20 * mebibyte)
  })

  it('is done from all of it where the index is that of another archive', async () => {
    await using engine = await largeBackup({ encrypted: false, format: 'zstd' })
    const { metadata } = await backup(engine, join(engine.directory, 'site', 'sub'), { name: 'other' })
    const mixed = altered(engine.backend, {
      retrieve: (locator, options) =>
        engine.backend.retrieve(
          locator.startsWith('.bakthat/indexes/') ? (metadata['index'] as string) : locator,
          options,
        ),
    })
    const to = join(engine.directory, 'to')
    const before = engine.read()
    await expect(restore({ ...engine, backend: mixed }, 'site', { to, only: ['sub/nothing'] })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    expect(engine.read() - before).toBeGreaterThan(20 * mebibyte)
  })

  it('tells what is not there before anything of it is fetched', async () => {
    await using engine = await largeBackup({ encrypted: true, format: 'zstd' })
    const to = join(engine.directory, 'to')
    const restoring = restore(engine, 'site', { to, keys: engine.keys, only: ['site/large-3', 'site/nothing'] })
    await expect(restoring).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('site/nothing'),
    })
    expect(engine.read()).toBe(0)
    await expect(access(to)).rejects.toThrow('ENOENT')
  })

  it('out of cold storage asks for all of it, as ever, and carries on', async () => {
    let now = begun
    const backend = coldBackend(memoryBackend({ now: () => now }), { now: () => now })
    await using engine = await testEngine({ backend, now: () => now })
    await backup(engine, await makeTree(join(engine.directory, 'site')))
    const options = { to: join(engine.directory, 'to'), only: ['site/hello.txt'] }
    await expect(restore(engine, 'site', options)).rejects.toMatchObject({ code: 'PENDING' })
    now = new Date(begun.getTime() + 6 * 3_600_000)
    await restore(engine, 'site', options)
    expect(await readFile(join(options.to, 'site/hello.txt'), 'utf8')).toBe('hello\n')
    expect(backend.begun()).toBe(1)
  })

  it('asks for nothing out of cold storage where its index does not tell of what is wanted', async () => {
    const backend = coldBackend(memoryBackend({ now: () => begun }), { now: () => begun })
    await using engine = await testEngine({ backend })
    await backup(engine, await makeTree(join(engine.directory, 'site')))
    const options = { to: join(engine.directory, 'to'), only: ['site/nothing'] }
    await expect(restore(engine, 'site', options)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(backend.begun()).toBe(0)
  })

  it('begins no retrieval, whatever becomes cold meanwhile', async () => {
    const begins: (boolean | undefined)[] = []
    await using engine = await largeBackup({ encrypted: true, format: 'zstd' })
    const backend = altered(engine.backend, {
      retrieve: (locator, options) => {
        begins.push(options?.begin)
        return engine.backend.retrieve(locator, options)
      },
    })
    const options = { to: join(engine.directory, 'to'), keys: engine.keys, only: ['site/hello.txt'] }
    await restore({ ...engine, backend }, 'site', options)
    expect(begins.length).toBeGreaterThan(2)
    expect(new Set(begins)).toEqual(new Set([false]))
  })

  it('fails as the store does, and takes that for no damage', async () => {
    await using engine = await largeBackup({ encrypted: true, format: 'zstd' })
    const offline = new BakthatError('UNAVAILABLE', 'the network is gone')
    const backend = altered(engine.backend, {
      retrieve: (locator, options) =>
        locator.startsWith('.bakthat/') || options?.range === undefined
          ? engine.backend.retrieve(locator, options)
          : Promise.reject(offline),
    })
    const options = { to: join(engine.directory, 'to'), keys: engine.keys, only: ['site/hello.txt'] }
    await expect(restore({ ...engine, backend }, 'site', options)).rejects.toBe(offline)
  })

  it('is done from all of it where nothing else could tell of damage', async () => {
    await using engine = await largeBackup({ encrypted: false, format: 'none' })
    const { storedFilename, locator } = engine.catalog.newest()!
    const bytes = Buffer.from(await storedBytes(engine.backend, storedFilename))
    const options = { to: join(engine.directory, 'to'), only: ['site/large-0'] }
    await restore(engine, 'site', options)
    expect((await readFile(join(options.to, 'site/large-0'))).equals(noise(2 * mebibyte))).toBe(true)
    bytes[bytes.indexOf(noise(100)) + 50]! ^= 1
    await engine.backend.remove(locator!)
    await engine.backend.put(storedFilename, clear(bytes.length, bytes))
    await expect(restore(engine, 'site', { ...options, to: join(engine.directory, 'other') })).rejects.toMatchObject({
      code: 'INTEGRITY',
    })
  })

  it.each([true, false])('refuses an archive that has become shorter (encrypted: %j)', async (encrypted) => {
    await using engine = await largeBackup({ encrypted, format: 'zstd' })
    const { storedFilename, locator } = engine.catalog.newest()!
    const bytes = await storedBytes(engine.backend, storedFilename)
    await engine.backend.remove(locator!)
    await engine.backend.put(storedFilename, clear(5 * mebibyte, bytes))
    const options = { to: join(engine.directory, 'to'), keys: engine.keys, only: ['site/large-9'] }
    await expect(restore(engine, 'site', options)).rejects.toMatchObject({
      code: 'INTEGRITY',
      message: expect.stringContaining('is damaged'),
    })
  })

  it('refuses an archive in the clear where an encrypted one should be, and one that is gone', async () => {
    await using engine = await largeBackup({ encrypted: true, format: 'zstd' })
    const forged = altered(engine.backend, {
      retrieve: (locator, options) =>
        locator.startsWith('.bakthat/')
          ? engine.backend.retrieve(locator, options)
          : Promise.resolve({ state: 'ready', value: clear(engine.catalog.newest()!.size) }),
    })
    const options = { to: join(engine.directory, 'to'), keys: engine.keys, only: ['site/hello.txt'] }
    await expect(restore({ ...engine, backend: forged }, 'site', options)).rejects.toMatchObject({
      code: 'INTEGRITY',
      message: expect.stringContaining('should be encrypted'),
    })
    await engine.backend.remove(engine.catalog.newest()!.locator!)
    await expect(restore(engine, 'site', options)).rejects.toMatchObject({
      code: 'INTEGRITY',
      message: expect.stringContaining('no longer in the storage'),
    })
  })

  it('gives one file as a stream, from little more than that or from all', async () => {
    await using engine = await largeBackup({ encrypted: true, format: 'zstd' })
    const contents = async (context: TestEngine, only: string): Promise<Buffer> => {
      const chunks: Uint8Array[] = []
      for await (const chunk of read(context, 'site', { keys: engine.keys, only })) chunks.push(chunk)
      return Buffer.concat(chunks)
    }
    expect((await contents(engine, 'site/large-3')).equals(noise(2 * mebibyte + 3))).toBe(true)
    expect(engine.read()).toBeLessThan(11 * mebibyte)
    const lost = { ...engine, backend: withoutIndexes(engine.backend) }
    expect((await contents(lost, 'site/hello.txt')).toString()).toBe('hello\n')
    await expect(contents(engine, 'site/sub')).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(contents(engine, 'site/none')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('works for archive files too, and not for what is one file', async () => {
    await using engine = await largeBackup({ encrypted: false, format: 'zstd' })
    const file = join(engine.directory, 'site.tar.zst')
    const answer = await engine.backend.retrieve(engine.catalog.newest()!.locator!)
    if (answer.state === 'ready') await writeFile(file, answer.value)
    const to = join(engine.directory, 'to')
    expect(await restoreFile(engine, file, { to, only: ['site/hello.txt'] })).toMatchObject({ files: 1 })
    const { storedFilename } = await backup(engine, single('text'), { name: 'stream' })
    const refused = { code: 'INVALID_INPUT', message: `${storedFilename} is one file, and holds no others` }
    await expect(restore(engine, 'stream', { to, only: ['stream'] })).rejects.toMatchObject(refused)
    await remove(engine, 'stream')
  })
})

async function* single(text: string): AsyncGenerator<string> {
  yield await Promise.resolve(text)
}

async function* clear(size: number, bytes: Uint8Array = Buffer.alloc(size)): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes.subarray(0, size))
}
