import { blockSize, encodeHeader, headerBound, padToBlock, type EntryHeader } from '../tar/encode-header.js'
import { IndexFragment } from './index-fragment.js'

/** The tar bytes of the frame that is being filled, and the index of its entries. The memory is kept for the next frame. */
export class FrameBuffer {
  #buffer = Buffer.alloc(0)
  #length = 0
  #entries = 0
  #files = 0
  readonly #index = new IndexFragment()

  /** The whole memory; what {@link openEntry} returns points into it until the next call that adds something. */
  get memory(): Buffer {
    return this.#buffer
  }

  get length(): number {
    return this.#length
  }

  get entries(): number {
    return this.#entries
  }

  /** Regular files and hard links among the entries. */
  get files(): number {
    return this.#files
  }

  /** The tar bytes so far; valid until the next call that adds something. */
  get filled(): Uint8Array {
    return this.#buffer.subarray(0, this.#length)
  }

  clear(): void {
    this.#length = this.#entries = this.#files = 0
  }

  /**
   * Writes the header and makes room for its contents and one byte more, without adding the entry yet. Returns where the
   * contents begin.
   */
  openEntry(header: EntryHeader, contents: number): number {
    this.#reserve(headerBound(header) + padToBlock(contents + 1))
    return encodeHeader(this.#buffer, this.#length, header)
  }

  /** Adds the entry that {@link openEntry} began, with `contents` bytes of contents from `start` on. */
  commitEntry(header: EntryHeader, start: number, contents: number): void {
    this.#index.add(header, this.#length)
    this.#entries++
    if (header.type === 'file' || header.type === 'hardlink') this.#files++
    this.#length = start + contents
  }

  /** Adds an entry that has no contents. */
  addEntry(header: EntryHeader): void {
    this.commitEntry(header, this.openEntry(header, 0), 0)
  }

  /** Makes room for `size` bytes and adds them; the caller writes them. Returns where they begin. */
  extend(size: number): number {
    const start = this.#length
    this.#reserve(size + 1)
    this.#length += size
    return start
  }

  /** Fills the last block up with zeros. */
  pad(): void {
    this.addZeros(padToBlock(this.#length) - this.#length)
  }

  addZeros(size: number): void {
    const start = this.extend(size)
    this.#buffer.fill(0, start, this.#length)
  }

  /** The index of this frame, as it is before compression. */
  takeIndex(storedSize: number): Uint8Array {
    return this.#index.take(storedSize, this.#length)
  }

  #reserve(size: number): void {
    const needed = this.#length + size
    if (needed <= this.#buffer.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, Math.min(this.#buffer.length * 2, needed + spare)))
    this.#buffer.copy(larger, 0, 0, this.#length)
    this.#buffer = larger
  }
}

const spare = 1024 * 1024 - blockSize
