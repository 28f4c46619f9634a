import { BakthatError } from '@bakthat/errors'
import type { Bytes, CompressionFormat } from '../types.js'
import { workerCount } from '../workers/worker-count.js'
import { areStockBytes, BufferStock } from '../unpack/buffer-stock.js'
import { ByteSource } from '../unpack/byte-source.js'
import { gunzipMembers, isGzipMember } from '../unpack/gzip-members.js'
import { heldToRatio } from '../unpack/held-to-ratio.js'
import { checkLimits } from '../unpack/limits.js'
import { unzstd, unzstdPool } from '../unpack/parallel-zstd.js'
import { isZstdFrame } from '../unpack/zstd-frames.js'

export interface DecompressOptions {
  /** Threads that decompress; 0: this one does. Default: one for each processor, up to 8. */
  readonly workers?: number
  readonly signal?: AbortSignal
  /** Bytes that may come out. Default: no bound. */
  readonly maxBytes?: number
  /** Bytes that may come out for each that goes in, counted once 64 MiB have come out. Default: no bound. */
  readonly maxRatio?: number
}

/**
 * What a compressed stream holds, of ours or of other tools: any number of zstd frames or gzip members. With `none` the bytes
 * as they are.
 *
 * Throws `INTEGRITY` for damage, what is cut short, or what follows the last frame; `UNSAFE_ARCHIVE` for more than
 * `maxBytes` or `maxRatio`; `INTERRUPTED`; and errors of `bytes` as they are.
 */
export async function* decompress(
  bytes: Bytes,
  format: CompressionFormat,
  options: DecompressOptions = {},
): AsyncGenerator<Uint8Array> {
  checkLimits(options)
  const source = new ByteSource(bytes, options.signal)
  try {
    const { maxBytes = Infinity, maxRatio = Infinity } = options
    yield* bounded(heldToRatio(await opened(source, format, options), source, maxRatio), maxBytes)
    if (format !== 'none' && (await source.bytes()).length > 0) throw noStream(format, 'something follows its end')
  } finally {
    await source.close()
  }
}

async function opened(source: ByteSource, format: CompressionFormat, { workers }: DecompressOptions): Promise<Bytes> {
  if (format === 'none') return source.rest()
  const start = Buffer.from(await source.peek(4))
  if (!(format === 'zstd' ? isZstdFrame(start) : isGzipMember(start))) throw noStream(format, 'it begins otherwise')
  if (format === 'gzip') return gunzipMembers(source)
  const stock = BufferStock.shared()
  const pool = unzstdPool(workerCount(workers, 0))
  return readersOwn(unzstd(source, stock, pool), stock)
}

/** Copies what lies in the stock, whose memory is used again. */
async function* readersOwn(bytes: Bytes, stock: BufferStock): Bytes {
  for await (const piece of bytes) {
    if (!areStockBytes(piece)) yield piece
    else {
      const own = new Uint8Array(piece)
      stock.give(piece.buffer)
      yield own
    }
  }
}

async function* bounded(bytes: Bytes, maxBytes: number): Bytes {
  let size = 0
  for await (const piece of bytes) {
    size += piece.length
    if (size > maxBytes)
      throw new BakthatError('UNSAFE_ARCHIVE', `the stream holds more than the ${maxBytes} bytes that it may`, {
        hint: 'raise the limit if you trust it',
      })
    yield piece
  }
}

function noStream(format: CompressionFormat, why: string): BakthatError {
  return new BakthatError('INTEGRITY', `not a whole ${format} stream: ${why}`, {
    hint: 'fetch it again, or use another copy',
  })
}
