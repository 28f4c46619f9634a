import { availableParallelism } from 'node:os'
import { BakthatError } from '@bakthat/errors'
import { decompress } from '../compression/compression.js'
import { blockSize } from '../tar/encode-header.js'
import { decodeHeader } from '../tar/decode-header.js'
import type { Bytes } from '../types.js'
import { parallelZstd } from './parallel-zstd.js'

/** What is told from the first bytes. */
const magic = {
  gzip: [0x1f, 0x8b, 0x08],
  zstd: [0x28, 0xb5, 0x2f, 0xfd],
  xz: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00],
  bzip2: [0x42, 0x5a, 0x68],
  lz4: [0x04, 0x22, 0x4d, 0x18],
} as const

/** Decompression is counted once so much came out: small archives of zeros are harmless. */
const unsuspicious = 64 << 20

export interface DecompressOptions {
  readonly workers?: number | undefined
  /** Decompressed bytes per compressed byte that are believed. */
  readonly maxRatio: number
}

/**
 * The tar bytes of an archive that is compressed by zstd, gzip or not at all, told from its first bytes. `INVALID_INPUT`
 * for what is no tar, `UNSUPPORTED` for other compressions, `UNSAFE_ARCHIVE` for a bomb.
 */
export async function* decompressed(bytes: Bytes, options: DecompressOptions): AsyncGenerator<Uint8Array> {
  const { prefix, stream } = await withPrefix(bytes, blockSize)
  const input = counted(stream)
  let size = 0
  for await (const chunk of open(prefix, input.bytes, options)) {
    size += chunk.length
    if (size > unsuspicious && size > input.count() * options.maxRatio)
      throw new BakthatError(
        'UNSAFE_ARCHIVE',
        `the archive grows more than ${options.maxRatio}-fold when decompressed`,
        {
          hint: 'raise the limit on the ratio if you trust it',
        },
      )
    yield chunk
  }
}

function open(prefix: Buffer, bytes: Bytes, options: DecompressOptions): Bytes {
  const begins = (expected: readonly number[]): boolean => expected.every((byte, index) => prefix[index] === byte)
  if (begins(magic.zstd) || isSkippableFrame(prefix))
    return parallelZstd(bytes, options.workers ?? Math.min(availableParallelism(), 8))
  if (begins(magic.gzip)) return decompress('gzip', bytes)
  for (const name of ['xz', 'bzip2', 'lz4'] as const) {
    if (begins(magic[name]))
      throw new BakthatError('UNSUPPORTED', `the archive is compressed by ${name}`, {
        hint: `decompress it with ${name} -d first`,
      })
  }
  if (!isTar(prefix))
    throw new BakthatError('INVALID_INPUT', 'this is not a tar archive, compressed or not', {
      hint: 'bakthat restores .tar, .tgz and .tar.zst archives, each with or without .age',
    })
  return bytes
}

/** Frames that hold no data; other tools put a table of frames or a comment there. */
function isSkippableFrame(prefix: Buffer): boolean {
  return prefix.length >= 4 && prefix.readUInt32LE(0) >>> 4 === 0x184d2a5
}

/** Whether the first block is a header, or the block of zeros of an empty archive. */
function isTar(prefix: Buffer): boolean {
  if (prefix.length < blockSize) return false
  try {
    decodeHeader(prefix)
    return true
  } catch {
    return false
  }
}

async function withPrefix(bytes: Bytes, length: number): Promise<{ readonly prefix: Buffer; readonly stream: Bytes }> {
  const iterator = bytes[Symbol.asyncIterator]()
  const held: Uint8Array[] = []
  let size = 0
  for (let next = size < length ? await iterator.next() : undefined; next?.done === false;) {
    held.push(next.value)
    size += next.value.length
    next = size < length ? await iterator.next() : undefined
  }
  return { prefix: Buffer.concat(held).subarray(0, length), stream: rejoined(held, iterator) }
}

async function* rejoined(held: readonly Uint8Array[], iterator: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* held
    yield* { [Symbol.asyncIterator]: () => iterator }
  } finally {
    await iterator.return?.()
  }
}

function counted(bytes: Bytes): { readonly bytes: Bytes; readonly count: () => number } {
  let count = 0
  async function* pass(): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes) {
      count += chunk.length
      yield chunk
    }
  }
  return { bytes: pass(), count: () => count }
}
