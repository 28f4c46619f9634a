import { Readable, type Transform } from 'node:stream'
import { constants } from 'node:zlib'
import { systemCodeOf } from '@bakthat/errors'
import type { Bytes } from '../types.js'
import type { FrameCompressor, FrameDecompressor, Zstd } from './contract.js'
import { damaged, tooLarge, truncated } from './damage.js'
import { roomFor } from './decompress-into.js'
import { moveOut } from './zlib-output.js'
import { ZstdFrameScanner } from './zstd-frame-scanner.js'

/** What `node:zlib` has from Node 22.15 on, and the type definitions of Node 20 do not. */
export interface NodeZstd {
  zstdCompressSync(
    bytes: Uint8Array,
    options: { params: Record<number, number>; chunkSize: number },
  ): Buffer<ArrayBuffer>
  zstdDecompressSync(bytes: Uint8Array, options: { maxOutputLength: number; chunkSize: number }): Buffer<ArrayBuffer>
  createZstdDecompress(options: { chunkSize: number }): Transform
  readonly constants: { readonly ZSTD_c_compressionLevel: number; readonly ZSTD_c_checksumFlag: number }
}

const pieceSize = 256 * 1024

/** Content up to this size is decompressed in one go, into memory of its own. */
const largestChunk = 8 << 20

/**
 * zstd by Node itself. Node stops without a word after the first frame and at a truncated one, so every frame is
 * measured by {@link ZstdFrameScanner} and decompressed alone.
 */
export function nodeZstd(zlib: NodeZstd): Zstd {
  return {
    createCompressor: (level) => createCompressor(zlib, level),
    createDecompressor: () => createDecompressor(zlib),
    decompressStream: (bytes) => decompressStream(zlib, bytes),
  }
}

function createCompressor(zlib: NodeZstd, level: number): FrameCompressor {
  const { ZSTD_c_compressionLevel, ZSTD_c_checksumFlag } = zlib.constants
  const params = { [ZSTD_c_compressionLevel]: level, [ZSTD_c_checksumFlag]: 1 }
  return {
    compress: (bytes) => {
      const chunkSize = bytes.length + 1024
      const output = zlib.zstdCompressSync(bytes, { params, chunkSize })
      return moveOut(output, chunkSize, new Uint8Array(output.length))
    },
  }
}

function createDecompressor(zlib: NodeZstd): FrameDecompressor {
  return {
    decompress: (frame, maxSize, memory) => {
      const scanner = new ZstdFrameScanner()
      const end = scanner.scan(frame)
      if (!scanner.atFrameEnd || end !== frame.length) throw truncated()
      // A chunk that is filled to its last byte is followed by another one.
      const chunkSize = Math.max(constants.Z_MIN_CHUNK, Math.min(maxSize, largestChunk) + 1)
      const output = decompressFrame(zlib, frame, maxSize, chunkSize)
      return moveOut(output, chunkSize, roomFor(output.length, memory))
    },
  }
}

function decompressFrame(zlib: NodeZstd, frame: Uint8Array, maxSize: number, chunkSize: number): Buffer<ArrayBuffer> {
  try {
    return zlib.zstdDecompressSync(frame, { maxOutputLength: Math.max(maxSize, 1), chunkSize })
  } catch (cause) {
    throw systemCodeOf(cause) === 'ERR_BUFFER_TOO_LARGE' ? tooLarge(maxSize, cause) : damaged(cause)
  }
}

async function* decompressStream(zlib: NodeZstd, bytes: Bytes): Bytes {
  const frames = new FrameSource(bytes)
  do {
    const decoder = zlib.createZstdDecompress({ chunkSize: pieceSize })
    const input = Readable.from(frames.next())
    input.on('error', (error) => decoder.destroy(error))
    input.pipe(decoder)
    try {
      for await (const piece of decoder) yield piece as Uint8Array
    } catch (error) {
      throw isZstdError(error) ? damaged(error) : error
    } finally {
      decoder.destroy()
      input.destroy()
    }
  } while (await frames.hasMore())
}

/** Cuts a stream of bytes into streams of one frame each. */
class FrameSource {
  readonly #chunks: AsyncIterator<Uint8Array>
  #rest: Uint8Array = new Uint8Array(0)

  constructor(bytes: Bytes) {
    this.#chunks = bytes[Symbol.asyncIterator]()
  }

  async hasMore(): Promise<boolean> {
    while (this.#rest.length === 0) {
      const result = await this.#chunks.next()
      if (result.done === true) return false
      this.#rest = result.value
    }
    return true
  }

  async *next(): Bytes {
    const scanner = new ZstdFrameScanner()
    do {
      if (!(await this.hasMore())) throw truncated()
      const end = scanner.scan(this.#rest)
      const piece = this.#rest.subarray(0, end)
      this.#rest = this.#rest.subarray(end)
      yield piece
    } while (!scanner.atFrameEnd)
  }
}

function isZstdError(error: unknown): boolean {
  return String((error as NodeJS.ErrnoException).code).startsWith('ZSTD_')
}
