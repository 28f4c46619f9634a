import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { createCompressor } from '../dist/compression/compression.js'
import { ZstdFrameScanner } from '../dist/compression/zstd-frame-scanner.js'
import { requireZstd } from '../dist/compression/zstd.js'
import { has, run } from './pack-support.js'

const zstd = requireZstd()

async function* chunksOf(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size))
}

async function unzstd(bytes: Buffer, size = 1000): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of zstd.decompressStream(chunksOf(bytes, size))) pieces.push(piece)
  return Buffer.concat(pieces)
}

const contents = fc
  .array(fc.tuple(fc.uint8Array({ maxLength: 50 }), fc.nat({ max: 3000 })), { maxLength: 6 })
  .map((parts) => Buffer.concat(parts.map(([bytes, times]) => Buffer.alloc(bytes.length * times, bytes))))
const severalContents = fc.array(contents, { minLength: 1, maxLength: 4 })

const readers = [
  ['zstd', (bytes: Buffer): Promise<Buffer> => unzstd(bytes)],
  ['gzip', (bytes: Buffer): Buffer => gunzipSync(bytes)],
  ['none', (bytes: Buffer): Buffer => bytes],
] as const

describe.each(readers)('%s frames', (format, read) => {
  it('come back one by one and concatenated', async () => {
    const compressor = createCompressor({ format })
    await fc.assert(
      fc.asyncProperty(severalContents, async (parts) => {
        const frames = parts.map((part) => compressor.compress(part))
        for (const [i, frame] of frames.entries()) {
          expect(frame.byteLength).toBe(frame.buffer.byteLength)
          expect((await read(Buffer.from(frame))).equals(parts[i]!)).toBe(true)
        }
        expect((await read(Buffer.concat(frames))).equals(Buffer.concat(parts))).toBe(true)
      }),
      { numRuns: 40 },
    )
  })
})

describe('zstd frames', () => {
  it('come back from a stream, however it is cut, and each from memory', async () => {
    const compressor = createCompressor({ format: 'zstd' })
    const decompressor = zstd.createDecompressor()
    await fc.assert(
      fc.asyncProperty(severalContents, fc.integer({ min: 1, max: 5000 }), async (parts, size) => {
        const frames = parts.map((part) => compressor.compress(part))
        for (const [i, frame] of frames.entries())
          expect(Buffer.from(decompressor.decompress(frame, parts[i]!.length)).equals(parts[i]!)).toBe(true)
        expect((await unzstd(Buffer.concat(frames), size)).equals(Buffer.concat(parts))).toBe(true)
      }),
      { numRuns: 40 },
    )
  })

  it('that hold more than they may are refused', () => {
    const frame = createCompressor({ format: 'zstd' }).compress(Buffer.alloc(100_001))
    expect(() => zstd.createDecompressor().decompress(frame, 100_000)).toThrow(
      expect.objectContaining({ code: 'UNSAFE_ARCHIVE' }),
    )
  })
})

describe('damaged zstd', () => {
  const frame = Buffer.from(createCompressor({ format: 'zstd' }).compress(Buffer.from('some contents '.repeat(5000))))

  it('is found wherever it is cut', async () => {
    for (let cut = 1; cut < frame.length; cut++) {
      const whole = Buffer.concat([frame, frame.subarray(0, cut)])
      await expect(unzstd(whole)).rejects.toMatchObject({ code: 'INTEGRITY' })
      expect(() => zstd.createDecompressor().decompress(frame.subarray(0, cut), 1e6)).toThrow(
        expect.objectContaining({ code: 'INTEGRITY' }),
      )
    }
  })

  it('is found by its checksum', async () => {
    const damaged = Buffer.from(frame)
    damaged[frame.length - 3]! ^= 1
    await expect(unzstd(damaged)).rejects.toMatchObject({ code: 'INTEGRITY' })
  })

  it('does not hide an error of the source', async () => {
    const failing = async function* (): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(frame.subarray(0, 20))
      throw Object.assign(new Error('connection lost'), { code: 'ECONNRESET' })
    }
    const read = async (): Promise<void> => {
      for await (const piece of zstd.decompressStream(failing())) expect(piece.length).toBeGreaterThan(0)
    }
    await expect(read()).rejects.toMatchObject({ code: 'ECONNRESET' })
  })
})

;(has('zstd') ? it : it.skip)(
  'foreign zstd files are read: of unknown size, with long windows, by several threads',
  async () => {
    const bytes = Buffer.alloc(3_000_000, 'some contents ')
    for (const args of [['-1'], ['-19', '--long=27'], ['-T2', '-3', '--no-check']]) {
      expect((await unzstd(run('zstd', ['-q', '-c', ...args], bytes), 65_536)).equals(bytes)).toBe(true)
    }
  },
)

describe('the scanner of zstd frames', () => {
  it('finds the ends of frames, skippable ones too, however they are cut', () => {
    const compressor = createCompressor({ format: 'zstd' })
    const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3])
    const frame = contents.map((part) => Buffer.from(compressor.compress(part)))
    const frames = fc.array(fc.oneof(frame, fc.constant(skippable)), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(frames, fc.integer({ min: 1, max: 300 }), (parts, size) => {
        const scanner = new ZstdFrameScanner()
        const whole = Buffer.concat(parts)
        const ends: number[] = []
        for (let at = 0; at < whole.length;) {
          at += scanner.scan(whole.subarray(at, at + size))
          if (scanner.atFrameEnd) ends.push(at)
        }
        let end = 0
        expect(ends).toEqual(parts.map((part) => (end += part.length)))
      }),
    )
  })

  it('refuses what is not zstd', () => {
    expect(() => new ZstdFrameScanner().scan(Buffer.from('hello'))).toThrow(
      expect.objectContaining({ code: 'INTEGRITY' }),
    )
  })
})
