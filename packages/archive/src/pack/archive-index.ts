import { createCompressor } from '../compression/compression.js'
import type { FrameCompressor } from '../compression/contract.js'
import { findZstd } from '../compression/zstd.js'
import type { CompressionFormat } from '../types.js'
import type { FilledFrame } from './plan.js'

export const indexVersion = 1

/** The compressor of every part of an index: zstd, or gzip where that is not at hand. */
export function createIndexCompressor(): FrameCompressor {
  return createCompressor({ format: findZstd() === undefined ? 'gzip' : 'zstd' })
}

/** Puts the frames' parts of the index together, between a first line and a last one. */
export class ArchiveIndex {
  readonly #compressor = createIndexCompressor()
  readonly #parts: Uint8Array[] = []
  #frames = 0
  #entries = 0
  #stored = 0
  #tar = 0

  constructor(format: CompressionFormat) {
    this.#addLine({ bakthat_index: indexVersion, compression: format })
  }

  add({ bytes, index, tarSize, entries }: FilledFrame): void {
    this.#parts.push(index)
    this.#frames++
    this.#entries += entries
    this.#stored += bytes.length
    this.#tar += tarSize
  }

  /** The whole index. Its last line tells a reader that none is missing. */
  finish(): Uint8Array {
    this.#addLine({ frames: this.#frames, entries: this.#entries, stored: this.#stored, tar: this.#tar })
    return Buffer.concat(this.#parts)
  }

  #addLine(line: object): void {
    this.#parts.push(this.#compressor.compress(Buffer.from(`${JSON.stringify(line)}\n`)))
  }
}
