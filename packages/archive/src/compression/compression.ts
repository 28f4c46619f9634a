import { BakthatError } from '@bakthat/errors'
import type { Compression } from '../types.js'
import type { FrameCompressor } from './contract.js'
import { createGzipCompressor } from './gzip.js'
import { requireZstd } from './zstd.js'

const levels = {
  zstd: { lowest: 1, highest: 19, usual: 3 },
  gzip: { lowest: 1, highest: 9, usual: 6 },
} as const

/**
 * A compressor of frames for the format and level.
 * Throws `INVALID_INPUT` for a format that there is none of and for a level that it does not have, `UNSUPPORTED` where zstd is not at hand.
 */
export function createCompressor(compression: Compression): FrameCompressor {
  const { format } = compression
  if (format === 'none') return { compress: (bytes) => new Uint8Array(bytes) }
  checkFormat(format)
  const level = levelOf(format, compression.level)
  return format === 'gzip' ? createGzipCompressor(level) : requireZstd().createCompressor(level)
}

/** A caller in JavaScript may name any. */
function checkFormat(format: string): void {
  if (Object.hasOwn(levels, format)) return
  throw new BakthatError('INVALID_INPUT', `there is no compression ${format}`, { hint: 'choose zstd, gzip or none' })
}

function levelOf(format: 'zstd' | 'gzip', level: number | undefined): number {
  const { lowest, highest, usual } = levels[format]
  if (level === undefined) return usual
  if (Number.isInteger(level) && level >= lowest && level <= highest) return level
  throw new BakthatError('INVALID_INPUT', `${format} has no compression level ${level}`, {
    hint: `choose a whole number from ${lowest} to ${highest}`,
  })
}
