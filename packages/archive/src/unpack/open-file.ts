import { closeSync, ftruncateSync, writeSync } from 'node:fs'
import type { SparseRegions } from '../tar/decode-sparse.js'
import type { Attributes, FileAttributes } from './attributes.js'
import type { TarEntry } from './tar-entry.js'

/** A regular file that is being written. */
export class OpenFile {
  readonly #descriptor: number
  readonly #attributes: FileAttributes
  readonly #size: number
  readonly #sparse: SparseRegions | undefined
  #region = 0
  #regionDone = 0

  constructor(descriptor: number, { size, sparse }: TarEntry, attributes: FileAttributes) {
    this.#descriptor = descriptor
    this.#attributes = attributes
    this.#size = size
    this.#sparse = sparse
  }

  write(bytes: Buffer, start: number, end: number): void {
    if (this.#sparse === undefined) writeAll(this.#descriptor, bytes, start, end, null)
    else this.#writeRegions(this.#sparse, bytes, start, end)
  }

  finish(attributes: Attributes): void {
    if (this.#sparse !== undefined) ftruncateSync(this.#descriptor, this.#size)
    attributes.toDescriptor(this.#descriptor, this.#attributes, this.#attributes.hasMode)
  }

  close(): void {
    closeSync(this.#descriptor)
  }

  #writeRegions(regions: SparseRegions, bytes: Buffer, start: number, end: number): void {
    let at = start
    while (at < end) {
      const offset = regions[this.#region]! + this.#regionDone
      const step = Math.min(end - at, regions[this.#region + 1]! - this.#regionDone)
      writeAll(this.#descriptor, bytes, at, at + step, offset)
      at += step
      this.#regionDone += step
      if (this.#regionDone < regions[this.#region + 1]!) continue
      this.#region += 2
      this.#regionDone = 0
    }
  }
}

/** At `position`, or where the last write ended. */
function writeAll(descriptor: number, bytes: Buffer, start: number, end: number, position: number | null): void {
  let at = start
  while (at < end) at += writeSync(descriptor, bytes, at, end - at, position === null ? null : position + at - start)
}
