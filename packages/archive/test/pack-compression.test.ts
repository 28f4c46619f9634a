import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { createCompressor } from '../dist/compression/compression.js'
import type { Zstd } from '../dist/compression/contract.js'
import { ZstdFrameScanner } from '../dist/compression/zstd-frame-scanner.js'
import { findNapiZstd, findNodeZstd } from '../dist/compression/zstd.js'
import { has, run } from './pack-support.js'

const zstds = Object.entries({ 'zstd-napi': findNapiZstd(), Node: findNodeZstd() }).filter(
  (named): named is [string, Zstd] => named[1] !== undefined,
)

async function* chunksOf(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size))
}

async function unzstd(zstd: Zstd, bytes: Buffer, size = 1000): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of zstd.decompressStream(chunksOf(bytes, size))) pieces.push(piece)
  return Buffer.concat(pieces)
}

const contents = fc
  .array(fc.tuple(fc.uint8Array({ maxLength: 50 }), fc.nat({ max: 3000 })), { maxLength: 6 })
  .map((parts) => Buffer.concat(parts.map(([bytes, times]) => Buffer.alloc(bytes.length * times, bytes))))
const severalContents = fc.array(contents, { minLength: 1, maxLength: 4 })

const formats = [
  ...zstds.map(
    ([name, zstd]) => [`zstd of ${name}`, zstd.createCompressor(3), (bytes: Buffer) => unzstd(zstd, bytes)] as const,
  ),
  ['gzip', createCompressor({ format: 'gzip' }), (bytes: Buffer): Buffer => gunzipSync(bytes)],
  ['no compression', createCompressor({ format: 'none' }), (bytes: Buffer): Buffer => bytes],
] as const

describe.each(formats)('frames of %s', (_, compressor, read) => {
  it('come back one by one and concatenated', async () => {
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

it('no compression takes memory away from others', () => {
  for (const size of [0, 10, 3000, 5000, 100_000]) {
    for (const [, compressor] of formats) {
      // Node puts small buffers into memory that they share, and so may the frame's be.
      const others = [Buffer.from('kept'), Buffer.allocUnsafe(3)]
      compressor.compress(Buffer.alloc(size, 'contents'))
      expect(others.map(({ length }) => length)).toEqual([4, 3])
    }
    for (const [, zstd] of zstds) {
      const others = [Buffer.from('kept'), Buffer.allocUnsafe(3)]
      zstd.createDecompressor().decompress(zstd.createCompressor(3).compress(Buffer.alloc(size, 'contents')), size)
      expect(others.map(({ length }) => length)).toEqual([4, 3])
    }
  }
})

describe.each(zstds)('zstd of %s', (_, zstd) => {
  const contentsOfFrame = Buffer.from('some contents '.repeat(5000))
  const frame = Buffer.from(zstd.createCompressor(3).compress(contentsOfFrame))

  it('gives frames back from a stream, however it is cut, and each from memory', async () => {
    const compressor = zstd.createCompressor(3)
    const decompressor = zstd.createDecompressor()
    await fc.assert(
      fc.asyncProperty(severalContents, fc.integer({ min: 1, max: 5000 }), async (parts, size) => {
        const frames = parts.map((part) => compressor.compress(part))
        for (const [i, frame] of frames.entries())
          expect(Buffer.from(decompressor.decompress(frame, parts[i]!.length)).equals(parts[i]!)).toBe(true)
        expect((await unzstd(zstd, Buffer.concat(frames), size)).equals(Buffer.concat(parts))).toBe(true)
      }),
      { numRuns: 40 },
    )
  })

  it('decompresses into the memory it is given, when that is large enough', () => {
    const decompressor = zstd.createDecompressor()
    const { length } = contentsOfFrame
    for (const size of [length - 1, length, length + 1]) {
      const memory = new SharedArrayBuffer(size)
      const content = decompressor.decompress(frame, length, memory)
      expect(content.buffer === memory).toBe(size >= length)
      expect(Buffer.from(content).equals(contentsOfFrame)).toBe(true)
    }
  })

  it('refuses frames that hold more than they may', () => {
    const large = zstd.createCompressor(3).compress(Buffer.alloc(100_001))
    expect(() => zstd.createDecompressor().decompress(large, 100_000)).toThrow(
      expect.objectContaining({ code: 'UNSAFE_ARCHIVE' }),
    )
  })

  it('finds damage wherever a frame is cut', async () => {
    for (let cut = 1; cut < frame.length; cut++) {
      const whole = Buffer.concat([frame, frame.subarray(0, cut)])
      await expect(unzstd(zstd, whole)).rejects.toMatchObject({ code: 'INTEGRITY' })
      expect(() => zstd.createDecompressor().decompress(frame.subarray(0, cut), 1e6)).toThrow(
        expect.objectContaining({ code: 'INTEGRITY' }),
      )
    }
  })

  it('finds damage by the checksum', async () => {
    const damaged = Buffer.from(frame)
    damaged[frame.length - 3]! ^= 1
    await expect(unzstd(zstd, damaged)).rejects.toMatchObject({ code: 'INTEGRITY' })
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

  ;(has('zstd') ? it : it.skip)(
    'reads foreign files: of unknown size, with long windows, by several threads',
    async () => {
      const bytes = Buffer.alloc(3_000_000, 'some contents ')
      for (const args of [['-1'], ['-19', '--long=27'], ['-T2', '-3', '--no-check']]) {
        expect((await unzstd(zstd, run('zstd', ['-q', '-c', ...args], bytes), 65_536)).equals(bytes)).toBe(true)
      }
    },
  )
})

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
