import { closeSync, ftruncateSync, writeSync } from 'node:fs'
import type { SparseRegions } from '../tar/decode-sparse.js'
import type { AccessPaths } from './access-paths.js'
import type { Attributes, FileAttributes } from './attributes.js'
import { besidesZeros } from './holes.js'
import type { TarEntry } from './tar-entry.js'

/** A regular file that is being written. */
export class OpenFile {
  readonly #descriptor: number
  readonly #attributes: FileAttributes
  readonly #size: number
  readonly #makesHoles: boolean
  /** Where there may be holes: where what comes is to lie. */
  readonly #regions: SparseRegions | undefined
  #region = 0
  #regionDone = 0

  /** With `makesHoles`, zeros become holes too. */
  constructor(descriptor: number, { size, sparse }: TarEntry, attributes: FileAttributes, makesHoles: boolean) {
    this.#descriptor = descriptor
    this.#attributes = attributes
    this.#size = size
    this.#makesHoles = makesHoles
    this.#regions = sparse ?? (makesHoles ? [0, size] : undefined)
  }

  write(bytes: Buffer, start: number, end: number): void {
    if (this.#regions === undefined) writeAll(this.#descriptor, bytes, start, end, null)
    else this.#writeRegions(this.#regions, bytes, start, end)
  }

  finish(attributes: Attributes, paths: AccessPaths): void {
    if (this.#regions !== undefined) ftruncateSync(this.#descriptor, this.#size)
    attributes.toDescriptor(this.#descriptor, this.#attributes, this.#attributes.hasMode)
    attributes.giveAccess(paths, this.#attributes)
  }

  close(): void {
    closeSync(this.#descriptor)
  }

  #writeRegions(regions: SparseRegions, bytes: Buffer, start: number, end: number): void {
    let at = start
    while (at < end) {
      const offset = regions[this.#region]! + this.#regionDone
      const step = Math.min(end - at, regions[this.#region + 1]! - this.#regionDone)
      if (this.#makesHoles) writeBesidesZeros(this.#descriptor, bytes, at, at + step, offset)
      else writeAll(this.#descriptor, bytes, at, at + step, offset)
      at += step
      this.#regionDone += step
      if (this.#regionDone < regions[this.#region + 1]!) continue
      this.#region += 2
      this.#regionDone = 0
    }
  }
}

/** Leaves blocks of zeros out: whoever does so sets the size of the file at its end. */
export function writeBesidesZeros(
  descriptor: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  position: number,
): void {
  const runs = besidesZeros(bytes, start, end, position)
  for (let i = 0; i < runs.length; i += 2) {
    writeAll(descriptor, bytes, runs[i]!, runs[i + 1]!, position + runs[i]! - start)
  }
}

/** At `position`, or where the last write ended. */
function writeAll(descriptor: number, bytes: Uint8Array, start: number, end: number, position: number | null): void {
  let at = start
  while (at < end) at += writeSync(descriptor, bytes, at, end - at, position === null ? null : position + at - start)
}
