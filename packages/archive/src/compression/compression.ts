import { BakthatError } from '@bakthat/errors'
import type { Bytes, Compression, CompressionFormat } from '../types.js'
import type { FrameCompressor, FrameDecompressor } from './contract.js'
import { createGzipCompressor, createGzipDecompressor, gunzipStream } from './gzip.js'
import { requireZstd } from './zstd.js'

const levels = {
  zstd: { lowest: 1, highest: 19, usual: 3 },
  gzip: { lowest: 1, highest: 9, usual: 6 },
} as const

/**
 * A compressor of frames for the format and level.
 * Throws `INVALID_INPUT` for a level that the format does not have, `UNSUPPORTED` where zstd is not at hand.
 */
export function createCompressor(compression: Compression): FrameCompressor {
  const { format } = compression
  if (format === 'none') return { compress: (bytes) => new Uint8Array(bytes) }
  const level = levelOf(format, compression.level)
  return format === 'gzip' ? createGzipCompressor(level) : requireZstd().createCompressor(level)
}

/** A decompressor of frames. Throws `UNSUPPORTED` where zstd is not at hand. */
export function createDecompressor(format: CompressionFormat): FrameDecompressor {
  if (format === 'zstd') return requireZstd().createDecompressor()
  return format === 'gzip' ? createGzipDecompressor() : { decompress: copyWithin }
}

/**
 * Decompresses a stream of frames or members, whoever made it, in pieces of at most 256 KiB. Throws `INTEGRITY` for damaged or
 * truncated data, `UNSUPPORTED` where zstd is not at hand; errors of `bytes` come through as they are.
 */
export function decompress(format: CompressionFormat, bytes: Bytes): Bytes {
  if (format === 'zstd') return requireZstd().decompressStream(bytes)
  return format === 'gzip' ? gunzipStream(bytes) : bytes
}

function levelOf(format: 'zstd' | 'gzip', level: number | undefined): number {
  const { lowest, highest, usual } = levels[format]
  if (level === undefined) return usual
  if (Number.isInteger(level) && level >= lowest && level <= highest) return level
  throw new BakthatError('INVALID_INPUT', `${format} has no compression level ${level}`, {
    hint: `choose a whole number from ${lowest} to ${highest}`,
  })
}

function copyWithin(frame: Uint8Array, maxSize: number): Uint8Array<ArrayBuffer> {
  if (frame.length <= maxSize) return new Uint8Array(frame)
  throw new BakthatError('UNSAFE_ARCHIVE', `a frame holds more than ${maxSize} bytes`)
}
