import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from '@jest/globals'
import { backup, read, remove, restore, restoreFile, sync, verify, type BackupOptions } from '@bakthat/core'
import { generateIdentity } from '@bakthat/crypto'
import { openLocal } from '@bakthat/local'
import { collect, registers, single } from '@bakthat/storage'
import { begun, storedBytes, storedNames, testEngine, type TestEngine } from './engine.js'

const mebibyte = 1024 * 1024
const dump = Buffer.concat(
  Array.from({ length: 5000 }, (_, row) => Buffer.from(`INSERT INTO t VALUES (${row});\n`.repeat(40))),
)

async function* chunks(bytes: Uint8Array, size = 65_536): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size)
    yield await Promise.resolve(Uint8Array.from(bytes.subarray(at, at + size)))
}

async function whole(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return Buffer.from(await collect(bytes, 100 * mebibyte))
}

const nothingStored = async ({ backend, catalog }: TestEngine): Promise<void> => {
  expect(await storedNames(backend)).toEqual([])
  expect(catalog.find({ status: ['pending', 'complete', 'deleted'] })).toEqual([])
}

describe('a stream', () => {
  for (const [format, extension] of [
    ['zstd', 'zst'],
    ['gzip', 'gz'],
    ['none', 'raw'],
  ] as const) {
    it(`is stored, shown, verified and restored as a file: ${format}`, async () => {
      await using engine = await testEngine()
      const { identity, recipient } = await generateIdentity()
      const encryptions: BackupOptions[] = [{}, { encryption: { recipients: [recipient] } }]
      for (const encryption of encryptions) {
        const name = encryption.encryption ? 'secret.sql' : 'db.sql'
        const made = await backup(engine, chunks(dump), { name, compression: { format }, ...encryption })
        expect(made).toMatchObject({ filename: name, files: 1, bytesRead: dump.length, status: 'complete' })
        expect(made.storedFilename).toBe(`${name}.20260318120000.${extension}${encryption.encryption ? '.age' : ''}`)
        const keys = { identities: [identity] }
        expect(await verify(engine, name, { keys })).toMatchObject([{ outcome: 'contents', files: 1 }])
        const to = join(engine.directory, name)
        await restore(engine, name, { to, keys })
        expect((await readFile(join(to, name))).equals(dump)).toBe(true)
        expect((await whole(read(engine, name, { keys }))).equals(dump)).toBe(true)
      }
    })
  }

  it('comes from a stream of Node too, also one that gives texts', async () => {
    await using engine = await testEngine()
    const readable = Readable.from(['grüße, ', 'Welt'], { objectMode: true })
    await backup(engine, readable, { name: 'greeting' })
    expect((await whole(read(engine, 'greeting'))).toString()).toBe('grüße, Welt')
    const limited = read(engine, 'greeting', { limits: { maxBytes: 10 } })
    await expect(whole(limited)).rejects.toMatchObject({ code: 'UNSAFE_ARCHIVE' })
  })

  it('that is empty is a mistake, unless that is allowed', async () => {
    await using engine = await testEngine()
    const empty = (): AsyncGenerator<Uint8Array> => chunks(Buffer.alloc(0))
    await expect(backup(engine, empty(), { name: 'db.sql' })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await nothingStored(engine)
    await backup(engine, empty(), { name: 'db.sql', allowEmpty: true })
    expect(await whole(read(engine, 'db.sql'))).toHaveLength(0)
    await restore(engine, 'db.sql', { to: join(engine.directory, 'to') })
    expect(await readFile(join(engine.directory, 'to', 'db.sql'))).toHaveLength(0)
  })

  it('that fails, early or late, fails the backup with its own error and leaves nothing stored', async () => {
    await using engine = await testEngine()
    for (const size of [0, 10, 9 * mebibyte]) {
      const broken = new Error('the command failed')
      async function* failing(): AsyncGenerator<Uint8Array> {
        if (size > 0) yield await Promise.resolve(new Uint8Array(size))
        throw broken
      }
      await expect(backup(engine, failing(), { name: 'db.sql' })).rejects.toBe(broken)
      await nothingStored(engine)
    }
  })

  it('that is destroyed without an error fails the backup too, and leaves nothing stored', async () => {
    await using engine = await testEngine()
    for (const size of [0, 10, 9 * mebibyte]) {
      const destroyed = new PassThrough({ highWaterMark: 16 * mebibyte })
      if (size > 0) destroyed.write(Buffer.alloc(size))
      const stored = backup(engine, destroyed, { name: 'db.sql' })
      setImmediate(() => destroyed.destroy())
      await expect(stored).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' })
      await nothingStored(engine)
    }
  })

  it('that is stuck is let go when the backup is stopped', async () => {
    await using engine = await testEngine()
    for (const before of [0, 3]) {
      const stop = new AbortController()
      const seen = { stopped: false }
      const stuck: AsyncIterable<Uint8Array> = {
        [Symbol.asyncIterator]: () => {
          let given = 0
          return {
            next: () => {
              if (given++ < before) return Promise.resolve({ done: false, value: new Uint8Array(mebibyte) })
              queueMicrotask(() => {
                stop.abort()
              })
              return new Promise(() => undefined)
            },
            return: () => {
              seen.stopped = true
              return Promise.resolve({ done: true, value: undefined })
            },
          }
        },
      }
      const options = { name: 'db.sql', signal: stop.signal }
      await expect(backup(engine, stuck, options)).rejects.toMatchObject({ code: 'INTERRUPTED' })
      expect(seen.stopped).toBe(true)
      await nothingStored(engine)
    }
  })

  it('of Node that is stuck is destroyed when the backup is stopped', async () => {
    await using engine = await testEngine()
    for (const before of [0, 3]) {
      const stop = new AbortController()
      let given = 0
      const stuck = new Readable({
        highWaterMark: 1,
        read() {
          if (given++ < before) this.push(Buffer.alloc(mebibyte))
          else
            queueMicrotask(() => {
              stop.abort()
            })
        },
      })
      const stopped = backup(engine, stuck, { name: 'db.sql', signal: stop.signal })
      await expect(stopped).rejects.toMatchObject({ code: 'INTERRUPTED' })
      expect(stuck.destroyed).toBe(true)
      await nothingStored(engine)
    }
  })

  it('needs a name, and gives bytes', async () => {
    await using engine = await testEngine()
    for (const [source, options] of [
      [chunks(dump), {}],
      [chunks(dump), { name: 'a/b' }],
      [Readable.from([1, 2]) as AsyncIterable<never>, { name: 'numbers' }],
    ] as const)
      await expect(backup(engine, source, options)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await nothingStored(engine)
  })

  it('is found again by sync, and told from an archive by its stored name alone', async () => {
    await using engine = await testEngine()
    const { storedFilename } = await backup(engine, chunks(dump), { name: 'db.sql' })
    await using fresh = await testEngine({ backend: engine.backend })
    expect((await sync(fresh)).added).toMatchObject([{ filename: 'db.sql', storedFilename }])
    const file = join(engine.directory, storedFilename)
    await writeFile(file, await storedBytes(engine.backend, storedFilename))
    await restoreFile(fresh, file, { to: join(engine.directory, 'to') })
    expect((await readFile(join(engine.directory, 'to', 'db.sql'))).equals(dump)).toBe(true)
  })

  it('of which no hash is known is damaged where its size is another', async () => {
    await using engine = await testEngine()
    const { scheme, container } = engine.backend
    const { name, size, locator } = await engine.backend.put('note.20130604191055.raw', single(Buffer.from('longer')))
    const about = { backend: scheme, container, filename: 'note', storedFilename: name, backupDate: begun }
    const row = { ...about, tags: [], metadata: {}, host: 'tests', pid: 1, locator }
    engine.catalog.record({ ...row, size: size - 1 })
    await expect(whole(read(engine, 'note'))).rejects.toMatchObject({ code: 'INTEGRITY' })
  })

  it('replaces no file unasked, and leaves no half of one', async () => {
    await using engine = await testEngine()
    const { storedFilename } = await backup(engine, chunks(dump), { name: 'db.sql' })
    const to = engine.directory
    await writeFile(join(to, 'db.sql'), 'mine')
    await expect(restore(engine, 'db.sql', { to })).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
    const bytes = Buffer.from(await storedBytes(engine.backend, storedFilename))
    const file = join(to, storedFilename)
    await writeFile(file, bytes.subarray(0, -5))
    await expect(restoreFile(engine, file, { to, overwrite: true })).rejects.toMatchObject({ code: 'INTEGRITY' })
    expect(await readFile(join(to, 'db.sql'), 'utf8')).toBe('mine')
    expect((await readdir(to)).sort()).toEqual(['db.sql', storedFilename])
  })
})

describe('an archive', () => {
  it('is read as its tar', async () => {
    await using engine = await testEngine()
    const path = join(engine.directory, 'notes.txt')
    await writeFile(path, 'hello')
    await backup(engine, path)
    const tar = await whole(read(engine, 'notes.txt'))
    expect(tar.subarray(257, 262).toString()).toBe('ustar')
  })
})

describe('a value of a key', () => {
  async function withValue(
    test: (engine: TestEngine, set: (value: string) => Promise<void>) => Promise<void>,
  ): Promise<void> {
    await using engine = await testEngine()
    const backend = openLocal(join(engine.directory, 'store'))
    const set = async (value: string): Promise<void> => {
      await registers(backend)!.write('web/limits', gzipSync(value))
    }
    await set('{"cpu":4}')
    engine.catalog.record({
      backend: backend.scheme,
      container: backend.container,
      backupDate: begun,
      filename: 'web/limits',
      storedFilename: 'web/limits',
      tags: [],
      metadata: { KeyValue: true, is_gzipped: true, is_enc: false },
      host: 'tests',
      pid: 1,
      size: 29,
      sha256: '0'.repeat(64),
      locator: backend.locate('web/limits')!,
    })
    await test({ ...engine, backend }, set)
  }

  it('is restored and verified as a JSON file, as it is now', () =>
    withValue(async (engine, set) => {
      await set('{"cpu":8}')
      const to = join(engine.directory, 'to')
      await restore(engine, 'web/limits', { to })
      expect(await readFile(join(to, 'limits'), 'utf8')).toBe('{"cpu":8}')
      expect(await verify(engine, 'web/limits')).toMatchObject([{ outcome: 'contents' }])
    }))

  it('is left alone by sync while it is there, and removed like a backup', () =>
    withValue(async (engine) => {
      expect(await sync(engine)).toEqual({ added: [], changed: [], removed: [], problems: [] })
      await remove(engine, 'web/limits')
      expect(await storedNames(engine.backend)).toEqual([])
      expect(engine.catalog.find()).toEqual([])
    }))
})
