import { Readable } from 'node:stream'
import { constants, createGunzip, gunzipSync, gzipSync } from 'node:zlib'
import { BakthatError } from '@bakthat/errors'
import type { Bytes } from '../types.js'
import type { FrameCompressor, FrameDecompressor } from './contract.js'

const pieceSize = 256 * 1024

/** gzip members; the same bytes on every machine that has the same Node. */
export function createGzipCompressor(level: number): FrameCompressor {
  return {
    compress: (bytes) => {
      const chunkSize = Math.max(bytes.length + (bytes.length >> 10) + 1024, constants.Z_MIN_CHUNK)
      return new Uint8Array(gzipSync(bytes, { level, chunkSize }))
    },
  }
}

/** Decompresses whole gzip members. */
export function createGzipDecompressor(): FrameDecompressor {
  return {
    decompress: (frame, maxSize) => {
      try {
        return new Uint8Array(gunzipSync(frame, { maxOutputLength: Math.max(maxSize, 1), chunkSize: pieceSize }))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') throw translate(error)
        throw new BakthatError('UNSAFE_ARCHIVE', `a frame holds more than ${maxSize} bytes`, { cause: error })
      }
    },
  }
}

/** Decompresses any concatenation of gzip members. Throws `INTEGRITY` for damaged or truncated data. */
export async function* gunzipStream(bytes: Bytes): Bytes {
  const decoder = createGunzip({ chunkSize: pieceSize })
  const input = Readable.from(bytes)
  input.on('error', (error) => decoder.destroy(error))
  input.pipe(decoder)
  try {
    for await (const piece of decoder) yield piece as Uint8Array
  } catch (error) {
    throw translate(error)
  } finally {
    decoder.destroy()
    input.destroy()
  }
}

function translate(error: unknown): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'Z_BUF_ERROR':
      return new BakthatError('INTEGRITY', 'compressed data is truncated', { cause: error })
    case 'Z_DATA_ERROR':
    case 'Z_NEED_DICT':
    case 'Z_STREAM_ERROR':
      return new BakthatError('INTEGRITY', 'compressed data is damaged', { cause: error })
    default:
      return error
  }
}
