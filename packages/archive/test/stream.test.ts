import { getEventListeners } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { compress, decompress, extractFile, type CompressionFormat } from '@bakthat/archive'
import fc from 'fast-check'
import { has, run, withDirectory } from './pack-support.js'
import { cut, streamed } from './unpack-support.js'

const mebibyte = 1024 * 1024

/** Bytes that compress somewhat, and differ from place to place. */
function content(size: number): Buffer {
  const bytes = Buffer.alloc(size)
  for (let at = 0; at < size; at++) bytes[at] = (at * 31 + (at >> 8) * 7) & 0x3f
  return bytes
}

function inChunks(bytes: Uint8Array, ...sizes: readonly number[]): AsyncIterable<Uint8Array> {
  return streamed(cut(bytes, sizes))
}

async function joined(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of bytes) chunks.push(chunk)
  return Buffer.concat(chunks)
}

const tools = { zstd: ['zstd', ['-dc']], gzip: ['gzip', ['-dc']] } as const

describe('a compressed stream', () => {
  for (const format of ['zstd', 'gzip'] as const) {
    const [program, args] = tools[format]
    for (const size of [0, 1, 2 * mebibyte - 1, 2 * mebibyte, 2 * mebibyte + 1, 9 * mebibyte + 5]) {
      const test = has(program) ? it : it.skip
      test(`of ${size} bytes is what ${program} -d reads, and decompress too`, async () => {
        const plain = content(size)
        const packed = await joined(compress(inChunks(plain, 65_536, 1, 100_000), { compression: { format } }))
        expect(run(program, [...args], packed).equals(plain)).toBe(true)
        expect((await joined(decompress(inChunks(packed, 4096), format))).equals(plain)).toBe(true)
      })
    }
  }

  it('is the same in whatever chunks and on however many threads', async () => {
    const plain = content(6 * mebibyte + 1)
    const once = await joined(compress(inChunks(plain, plain.length), { workers: 1 }))
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 10_000, max: 3 * mebibyte }),
        fc.integer({ min: 1, max: 4 }),
        async (chunk, workers) => {
          expect((await joined(compress(inChunks(plain, chunk), { workers }))).equals(once)).toBe(true)
        },
      ),
      { numRuns: 6 },
    )
  })

  it('reads no more ahead than a few frames', async () => {
    let given = 0
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (; ; given++) yield await Promise.resolve(new Uint8Array(mebibyte))
    }
    const stream = compress(endless(), { workers: 2 })
    await stream.next()
    expect(given).toBeLessThan(2 * 8)
    await stream.return(undefined)
  })

  it('ends with the error of its source, and stops for a signal though the source is stuck', async () => {
    const broken = new Error('the command failed')
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(new Uint8Array(5 * mebibyte))
      throw broken
    }
    await expect(joined(compress(failing()))).rejects.toBe(broken)
    const controller = new AbortController()
    async function* stuck(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(10)
      queueMicrotask(() => {
        controller.abort()
      })
      await new Promise(() => undefined)
    }
    const { signal } = controller
    await expect(joined(compress(stuck(), { signal }))).rejects.toMatchObject({ code: 'INTERRUPTED' })
  })

  it('is not begun at a level that the format does not have', async () => {
    const stream = compress(inChunks(content(10), 10), { compression: { format: 'gzip', level: 12 } })
    await expect(joined(stream)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })

  it('that is cut short, altered or longer than it should be is damaged', async () => {
    for (const format of ['zstd', 'gzip'] as const) {
      const packed = await joined(compress(inChunks(content(3 * mebibyte), mebibyte), { compression: { format } }))
      const altered = Buffer.from(packed)
      altered[packed.length - 20]! ^= 1
      for (const damaged of [
        packed.subarray(0, -1),
        altered,
        Buffer.concat([packed, Buffer.from('more')]),
        Buffer.alloc(0),
      ])
        await expect(joined(decompress(inChunks(damaged, 65_536), format))).rejects.toMatchObject({ code: 'INTEGRITY' })
    }
  })

  it('gives no more than it may', async () => {
    const packed = await joined(compress(inChunks(new Uint8Array(4 * mebibyte), mebibyte)))
    const options = { maxBytes: 3 * mebibyte }
    await expect(joined(decompress(inChunks(packed, 4096), 'zstd', options))).rejects.toMatchObject({
      code: 'UNSAFE_ARCHIVE',
    })
    await expect(joined(decompress(inChunks(packed, 4096), 'zstd', { maxBytes: NaN }))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    })
  })

  it.each(['zstd', 'gzip'] as const)('grows no more than it may: %s', async (format) => {
    const zeros = new Uint8Array(72 * mebibyte)
    const packed = await joined(compress(inChunks(zeros, mebibyte), { compression: { format } }))
    const unpacked = (maxRatio: number): Promise<Buffer> =>
      joined(decompress(inChunks(packed, 4096), format, { maxRatio }))
    await expect(unpacked(100)).rejects.toMatchObject({ code: 'UNSAFE_ARCHIVE' })
    expect(await unpacked(100_000)).toHaveLength(zeros.length)
  })
})

describe('a stream as a file', () => {
  const plain = content(100_000)
  const none: CompressionFormat = 'none'

  it('is written whole, for its owner alone, into a directory that may have to be made', () =>
    withDirectory(async (directory) => {
      const to = join(directory, 'new')
      const summary = await extractFile(decompress(inChunks(plain, 7000), none), { to, name: 'db.sql' })
      expect(summary).toMatchObject({ files: 1, bytesWritten: 100_000, topLevel: ['db.sql'] })
      expect(readFileSync(join(to, 'db.sql')).equals(plain)).toBe(true)
      expect(statSync(join(to, 'db.sql')).mode & 0o777).toBe(0o600)
    }))

  it('replaces nothing unasked, and leaves nothing when it fails', () =>
    withDirectory(async (directory) => {
      writeFileSync(join(directory, 'db.sql'), 'mine')
      const again = extractFile(inChunks(plain, 7000), { to: directory, name: 'db.sql' })
      await expect(again).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
      async function* failing(): AsyncGenerator<Uint8Array> {
        yield await Promise.resolve(plain)
        throw new Error('damaged')
      }
      const damaged = extractFile(failing(), { to: directory, name: 'db.sql', overwrite: true })
      await expect(damaged).rejects.toThrow('damaged')
      expect(readFileSync(join(directory, 'db.sql'), 'utf8')).toBe('mine')
      await extractFile(inChunks(plain, 7000), { to: directory, name: 'db.sql', overwrite: true })
      expect(readFileSync(join(directory, 'db.sql')).equals(plain)).toBe(true)
      expect(readdirSync(directory)).toEqual(['db.sql'])
    }))

  it.each(['ENOENT', 'EACCES', 'EIO'])('fails as its source does, and not as the target would: %s', (code) =>
    withDirectory(async (directory) => {
      const failure = Object.assign(new Error('of the source'), { code })
      async function* failing(): AsyncGenerator<Uint8Array> {
        yield await Promise.resolve(plain)
        throw failure
      }
      await expect(extractFile(failing(), { to: directory, name: 'db.sql' })).rejects.toBe(failure)
      expect(readdirSync(directory)).toEqual([])
    }),
  )

  it('is let go where its target cannot be one', () =>
    withDirectory(async (directory) => {
      writeFileSync(join(directory, 'file'), 'mine')
      let isLetGo = false
      const end = { done: true, value: undefined } as const
      const iterator = { next: () => Promise.resolve(end), return: () => Promise.resolve(((isLetGo = true), end)) }
      const bytes = { [Symbol.asyncIterator]: () => iterator }
      const { signal } = new AbortController()
      const into = extractFile(bytes, { to: join(directory, 'file'), name: 'db.sql', signal })
      await expect(into).rejects.toMatchObject({ code: 'INVALID_INPUT' })
      expect(isLetGo).toBe(true)
      expect(getEventListeners(signal, 'abort')).toEqual([])
    }))

  it('is refused a name that leads elsewhere', () =>
    withDirectory(async (directory) => {
      mkdirSync(join(directory, 'in'))
      for (const name of ['../out', 'a/b', '..', ''])
        await expect(extractFile(inChunks(plain, 7000), { to: join(directory, 'in'), name })).rejects.toMatchObject({
          code: 'INVALID_INPUT',
        })
      expect(readdirSync(directory)).toEqual(['in'])
    }))
})
