import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from '@jest/globals'
import { extract, inspect, type CompressionFormat } from '@bakthat/archive'
import { has, packed, run, withDirectory } from './pack-support.js'
import {
  zstdFrame,
  chunked,
  endOfArchive,
  entry,
  extractInto,
  openFiles,
  refusal,
  refused,
  tar,
} from './unpack-support.js'

const noise = Buffer.from(Array.from({ length: 9973 }, (_, i) => (i * i * 31 + i * 7) % 251))

async function smallArchive(format: CompressionFormat): Promise<Buffer> {
  return withDirectory(async (directory) => {
    const source = join(directory, 'tree')
    mkdirSync(source)
    writeFileSync(join(source, 'one'), noise.subarray(0, 3000))
    writeFileSync(join(source, 'three'), noise.subarray(100, 1700))
    const { bytes } = await packed({ path: source, compression: { format } })
    return bytes
  })
}

/** Every byte of a compressed one; of a tar every block, and every byte of the last. */
function places(length: number): number[] {
  const all = new Set<number>()
  for (let at = 0; at < length; at += 512) all.add(at)
  for (let at = Math.max(0, length - 640); at < length; at++) all.add(at)
  return [...all]
}

describe('an archive that is cut short', () => {
  it.each(['zstd', 'gzip', 'none'] as const)('is refused wherever it was cut (%s)', async (format) => {
    const archive = await smallArchive(format)
    // An uncompressed tar is complete with its first block of zeros.
    const complete = format === 'none' ? archive.length - 512 : archive.length
    await withDirectory(async (directory) => {
      mkdirSync(join(directory, 'existing'))
      for (const at of places(complete)) {
        const cut = archive.subarray(0, at)
        const targets = at % 7 === 0 ? ['missing', 'existing'] : ['missing']
        for (const target of targets) {
          const { code } = await refusal(extractInto(join(directory, target), cut, { workers: 1 }))
          expect({ at, code }).toEqual({
            at,
            code: at < 512 ? expect.stringMatching(/^(INTEGRITY|INVALID_INPUT)$/) : 'INTEGRITY',
          })
        }
      }
      expect(readdirSync(directory)).toEqual(['existing'])
      expect(readdirSync(join(directory, 'existing'))).toEqual([])
      expect(openFiles(directory)).toEqual([])
    })
  })

  ;(has('zstd') ? it : it.skip)('is refused where one large zstd frame was cut', async () => {
    const archive = run('zstd', ['-c', '-q', '--no-content-size'], tar(entry({ body: Buffer.alloc(400_000, noise) })))
    for (const at of [archive.length - 1, archive.length - 4, archive.length - 5, archive.length >> 1, 10]) {
      expect(await refused(archive.subarray(0, at))).toMatchObject({ code: 'INTEGRITY' })
    }
  })

  it('is refused where whole frames or members are missing at its end', async () => {
    for (const format of ['zstd', 'gzip'] as const) {
      const archive = await withDirectory(async (directory) => {
        for (let i = 0; i < 5; i++) writeFileSync(join(directory, String(i)), Buffer.alloc(2_000_000, noise))
        return (await packed({ path: directory, name: 'd', compression: { format } })).bytes
      })
      const second = archive.indexOf(archive.subarray(0, 4), 4)
      expect(second).toBeGreaterThan(0)
      expect(await refused(archive.subarray(0, second))).toMatchObject({ code: 'INTEGRITY' })
    }
  })

  it('is refused when there is nothing of it at all', async () => {
    expect(await refused(Buffer.alloc(0))).toMatchObject({ code: 'INVALID_INPUT' })
    expect(await refused(Buffer.from('not an archive'))).toMatchObject({ code: 'INVALID_INPUT' })
    expect(await refused(gzipSync(''))).toMatchObject({ code: 'INVALID_INPUT' })
  })

  it('is refused by an inspection, too', async () => {
    const archive = await smallArchive('zstd')
    await expect(inspect(chunked(archive.subarray(0, -1)))).rejects.toMatchObject({ code: 'INTEGRITY' })
  })
})

describe('an archive that was altered', () => {
  it.each(['zstd', 'gzip'] as const)(
    'is refused wherever a bit was flipped, or gives what it gave (%s)',
    async (format) => {
      const archive = await smallArchive(format)
      await withDirectory(async (directory) => {
        await extractInto(join(directory, 'whole'), archive)
        for (let at = 0; at < archive.length; at += at < 64 ? 1 : 97) {
          const flipped = Buffer.from(archive)
          flipped[at]! ^= 1 << (at % 8)
          const target = join(directory, 'out')
          const failure = await extractInto(target, flipped, { workers: 1 }).then(
            () => undefined,
            (error: unknown) => error,
          )
          if (failure !== undefined) {
            expect({ at, failure }).toMatchObject({
              at,
              failure: { code: expect.stringMatching(/^(INTEGRITY|INVALID_INPUT)$/) },
            })
            expect(existsSync(target)).toBe(false)
            continue
          }
          // Some bits mean nothing: gzip's time and system, padding, zstd's unused flag.
          run('diff', ['-r', join(directory, 'whole'), target])
          run('rm', ['-r', target])
        }
      })
    },
  )

  ;(has('zstd') ? it : it.skip)('is refused where a frame lies about its size', async () => {
    const frame = zstdFrame(tar(entry({ body: noise })), '--no-check')
    // 2-byte content size behind magic and descriptor of a single segment (RFC 8878, 3.1.1.1).
    expect(frame[4]! & 0xe0).toBe(0x60)
    for (const size of [0, 1, 511, frame.readUInt16LE(5) - 1, frame.readUInt16LE(5) + 1, 0xffff]) {
      const lie = Buffer.from(frame)
      lie.writeUInt16LE(size, 5)
      expect(await refused(lie)).toMatchObject({ code: 'INTEGRITY' })
    }
  })

  ;(has('zstd') ? it : it.skip)('is refused where a frame in the middle says that it is empty', async () => {
    const frames = [
      entry({ name: 'first', body: 'x' }),
      entry({ name: 'lost', body: 'x' }),
      tar(entry({ name: 'last', body: 'x' })),
    ]
    const [first, lost, last] = frames.map((bytes) => zstdFrame(bytes))
    const lie = Buffer.from(lost!)
    // The same frame with a window and a content size of four bytes: none.
    const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa4, 0, 0, 0, 0])
    const blocks = lie.subarray(4 + 1 + (lie[4]! >> 6 === 0 ? 1 : 2))
    expect(await refused(Buffer.concat([first!, header, blocks, last!]))).toMatchObject({ code: 'INTEGRITY' })
  })

  it('is refused where a worker finds the damage while the stream goes on', async () => {
    const archive = await withDirectory(async (directory) => {
      for (let i = 0; i < 12; i++) writeFileSync(join(directory, String(i)), Buffer.alloc(3_000_000, noise))
      return (await packed({ path: directory, name: 'd' })).bytes
    })
    for (const place of [0.3, 0.6, 0.9]) {
      const flipped = Buffer.from(archive)
      flipped[Math.floor(archive.length * place)]! ^= 0x55
      expect(await refused(flipped)).toMatchObject({ code: 'INTEGRITY' })
    }
  })
})

describe('what follows the end of an archive', () => {
  const good = tar(entry({ name: 'good', body: 'fine' }))
  const garbage = Buffer.concat([Buffer.alloc(5000), Buffer.from('garbage'), Buffer.alloc(70_000)])

  it.each([
    ['uncompressed', Buffer.concat([good, garbage])],
    ['another archive', Buffer.concat([good, tar(entry({ name: 'second' }))])],
    ['gzip', gzipSync(Buffer.concat([good, garbage]))],
    ['behind the last gzip member', Buffer.concat([gzipSync(good), Buffer.from('garbage')])],
    ...(has('zstd')
      ? [['behind the last zstd frame', Buffer.concat([zstdFrame(good), Buffer.from('garbage')])] as const]
      : []),
  ])('is told as a warning: %s', (_, archive) =>
    withDirectory(async (directory) => {
      const { warnings, topLevel } = await extractInto(join(directory, 'out'), archive)
      expect(warnings).toMatchObject([{ code: 'skipped', incomplete: true }])
      expect(topLevel).toEqual(['good'])
    }),
  )

  it('is damage when only one block of zeros was before it', async () => {
    for (const rest of [Buffer.from('garbage'), entry({ name: 'hidden', body: 'x' })])
      expect(await refused(Buffer.concat([good.subarray(0, -512), rest]))).toMatchObject({ code: 'INTEGRITY' })
  })

  it('is nothing when it is zeros', () =>
    withDirectory(async (directory) => {
      const { warnings } = await extractInto(join(directory, 'out'), Buffer.concat([good, Buffer.alloc(100_001)]))
      expect(warnings).toEqual([])
      expect(readFileSync(join(directory, 'out/good'), 'utf8')).toBe('fine')
    }))

  it('is read to its end, so that a checksum there counts', async () => {
    const archive = gzipSync(Buffer.concat([good, Buffer.alloc(3_000_000, noise)]))
    // The checksum of a gzip member, and its size.
    for (const place of [-6, -2]) {
      const altered = Buffer.from(archive)
      altered[archive.length + place]! ^= 1
      expect(await refused(altered)).toMatchObject({ code: 'INTEGRITY' })
    }
  })

  it('is an archive of nothing when zeros are all there is', () =>
    withDirectory(async (directory) => {
      expect(await extractInto(join(directory, 'out'), endOfArchive)).toMatchObject({ entries: 0, topLevel: [] })
      expect(readdirSync(join(directory, 'out'))).toEqual([])
    }))
})

describe('a stream that fails', () => {
  it.each(['zstd', 'gzip', 'none'] as const)('gives its own error, wherever it fails (%s)', async (format) => {
    const archive = await smallArchive(format)
    // A code that would mean something else if it came from the target.
    const failure = Object.assign(new Error('the line is down'), { code: 'ENOSPC' })
    for (const at of [0, 3, 511, 513, archive.length - 1, archive.length]) {
      const { error } = await refused(() => chunked(archive.subarray(0, at), 1000, failure))
      expect(error).toBe(failure)
    }
  })

  it('gives its own error while workers are busy, and nothing is left unhandled', async () => {
    const archive = await withDirectory(async (directory) => {
      for (let i = 0; i < 12; i++) writeFileSync(join(directory, String(i)), Buffer.alloc(3_000_000, noise))
      return (await packed({ path: directory, name: 'd' })).bytes
    })
    const failure = new Error('the line is down')
    const unhandled: unknown[] = []
    const note = (error: unknown): number => unhandled.push(error)
    process.on('unhandledRejection', note)
    const { error } = await refused(() => chunked(archive.subarray(0, -10), 5_000_000, failure))
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', note)
    expect(error).toBe(failure)
    expect(unhandled).toEqual([])
  })

  it.each(['INVALID_INPUT', 'UNSUPPORTED', 'UNSAFE_ARCHIVE', 'INTEGRITY', 'ALREADY_EXISTS'])(
    'is closed when it is refused: %s',
    async (code) => {
      const starts: Readonly<Record<string, Buffer>> = {
        INVALID_INPUT: Buffer.alloc(600, 'x'),
        UNSUPPORTED: Buffer.concat([Buffer.from('fd377a585a0000', 'hex'), Buffer.alloc(600)]),
        UNSAFE_ARCHIVE: entry({ name: '../x' }),
        INTEGRITY: Buffer.concat([gzipSync('x'.repeat(2000)).subarray(0, 20), Buffer.alloc(1000, 0xff)]),
        ALREADY_EXISTS: entry({ name: 'mine' }),
      }
      let closed = 0
      async function* endless(): AsyncGenerator<Uint8Array> {
        try {
          for (let bytes = starts[code]!; ; bytes = Buffer.alloc(512)) {
            await new Promise((resolve) => setImmediate(resolve))
            yield bytes
          }
        } finally {
          closed++
        }
      }
      await withDirectory(async (directory) => {
        writeFileSync(join(directory, 'mine'), '')
        await expect(extract(endless(), { to: directory })).rejects.toMatchObject({ code })
        expect(readdirSync(directory)).toEqual(['mine'])
      })
      expect(closed).toBe(1)
    },
  )
})
