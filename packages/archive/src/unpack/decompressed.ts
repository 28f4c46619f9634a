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
  const input = new CountedInput(bytes)
  try {
    const prefix = await input.peek(blockSize)
    let size = 0
    for await (const chunk of open(prefix, input, options)) {
      size += chunk.length
      if (size > unsuspicious && size > input.count * options.maxRatio) throw growsTooMuch(options.maxRatio)
      yield chunk
    }
  } finally {
    await input.close()
  }
}

function open(prefix: Buffer, bytes: Bytes, options: DecompressOptions): Bytes {
  // First, for the name of the first entry may begin like anything.
  if (isTar(prefix)) return bytes
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
  throw new BakthatError('INVALID_INPUT', 'this is not a tar archive, compressed or not', {
    hint: 'bakthat restores .tar, .tgz and .tar.zst archives, each with or without .age',
  })
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

function growsTooMuch(ratio: number): BakthatError {
  return new BakthatError('UNSAFE_ARCHIVE', `the archive grows more than ${ratio}-fold when decompressed`, {
    hint: 'raise the limit on the ratio if you trust it',
  })
}

/** Counts the bytes that are read, and lets the first ones be looked at before. */
class CountedInput implements Bytes {
  count = 0
  readonly #iterator: AsyncIterator<Uint8Array>
  readonly #held: Uint8Array[] = []

  constructor(bytes: Bytes) {
    this.#iterator = bytes[Symbol.asyncIterator]()
  }

  /** The first bytes, fewer only where there are no more. */
  async peek(length: number): Promise<Buffer> {
    let size = 0
    while (size < length) {
      const next = await this.#iterator.next()
      if (next.done === true) break
      this.#held.push(next.value)
      size += next.value.length
    }
    return Buffer.concat(this.#held).subarray(0, length)
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (let chunk = this.#held.shift(); chunk !== undefined; chunk = this.#held.shift()) {
      this.count += chunk.length
      yield chunk
    }
    for (let next = await this.#iterator.next(); next.done !== true; next = await this.#iterator.next()) {
      this.count += next.value.length
      yield next.value
    }
  }

  async close(): Promise<void> {
    await this.#iterator.return?.()
  }
}
