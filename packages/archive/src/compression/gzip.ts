import { constants, gzipSync } from 'node:zlib'
import type { FrameCompressor } from './contract.js'
import { moveOut } from './zlib-output.js'

/** gzip members; the same bytes on every machine that has the same Node. */
export function createGzipCompressor(level: number): FrameCompressor {
  return {
    compress: (bytes) => {
      const chunkSize = Math.max(bytes.length + (bytes.length >> 10) + 1024, constants.Z_MIN_CHUNK)
      const output = gzipSync(bytes, { level, chunkSize })
      return moveOut(output, chunkSize, new Uint8Array(output.length))
    },
  }
}
