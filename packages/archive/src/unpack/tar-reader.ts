import { BakthatError } from '@bakthat/errors'
import { decodeHeader, type RawHeader } from '../tar/decode-header.js'
import { blockSize, padToBlock } from '../tar/encode-header.js'
import { EntryBuilder, type BuiltEntry } from './entry-builder.js'

/** Who is told what the reader finds, in the order of the archive. */
export interface TarSink {
  /** An entry begins; `data` follows until `size` bytes of contents have come, then `entryEnd`. */
  entry(entry: BuiltEntry): void
  /** The bytes are the reader's: they are not to be kept. */
  data(bytes: Buffer): void
  entryEnd(): void
}

/** Names and records may be long, but not so long that a hostile size takes the memory. */
const longestDescription = 1 << 20

/**
 * Reads a tar stream of any kind, strictly: it is given chunks of any size and tells a sink what it finds. Synchronous, so
 * that millions of small entries cost no promises. Throws `INTEGRITY` for damage and truncation.
 */
export class TarReader {
  readonly #sink: TarSink
  readonly #builder = new EntryBuilder()
  readonly #block = Buffer.allocUnsafe(blockSize)
  #blockLength = 0
  /** A header whose contents describe the next entry, and those contents. */
  #description: { readonly header: RawHeader; readonly body: Buffer; length: number } | undefined
  #contents = 0
  #padding = 0
  #ended = false
  #size = 0
  #hasTrailingData = false

  constructor(sink: TarSink) {
    this.#sink = sink
  }

  /** Bytes of tar read up to the end of the archive. */
  get size(): number {
    return this.#size
  }

  /** Whether anything but zeros follows the end of the archive. */
  get hasTrailingData(): boolean {
    return this.#hasTrailingData
  }

  write(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
    let at = 0
    while (at < bytes.length) {
      if (this.#ended) {
        this.#hasTrailingData ||= !isZero(bytes.subarray(at))
        return
      }
      const step = this.#step(bytes, at)
      at += step
      this.#size += step
    }
  }

  /** Says that there is no more. `INTEGRITY` if the archive has not ended: a tar ends with a block of zeros. */
  end(): void {
    if (this.#ended) return
    throw new BakthatError('INTEGRITY', 'the archive is cut short', {
      hint: 'fetch it again, or restore an older backup',
    })
  }

  #step(bytes: Buffer, at: number): number {
    if (this.#description !== undefined) return this.#takeDescription(bytes, at)
    if (this.#contents > 0) return this.#takeContents(bytes, at)
    if (this.#padding > 0) {
      const step = Math.min(this.#padding, bytes.length - at)
      this.#padding -= step
      return step
    }
    return this.#takeHeader(bytes, at)
  }

  #takeHeader(bytes: Buffer, at: number): number {
    if (this.#blockLength === 0 && bytes.length - at >= blockSize) {
      this.#begin(decodeHeader(bytes.subarray(at, at + blockSize)))
      return blockSize
    }
    const step = Math.min(blockSize - this.#blockLength, bytes.length - at)
    bytes.copy(this.#block, this.#blockLength, at, at + step)
    this.#blockLength += step
    if (this.#blockLength === blockSize) {
      this.#blockLength = 0
      this.#begin(decodeHeader(this.#block))
    }
    return step
  }

  #begin(header: RawHeader | undefined): void {
    if (header === undefined) {
      if (this.#builder.isWaiting) throw damaged('it ends where an entry was to come')
      this.#ended = true
      return
    }
    if (header.size < 0) throw damaged('an entry has a negative size')
    if (this.#builder.isDescribing(header)) {
      this.#beginDescription(header)
      return
    }
    const entry = this.#builder.build(header)
    this.#sink.entry(entry)
    this.#contents = entry.size
    this.#padding = padToBlock(entry.size) - entry.size
    if (entry.size === 0) this.#sink.entryEnd()
  }

  #beginDescription(header: RawHeader): void {
    if (header.size > longestDescription) throw damaged('an extended header is too long')
    this.#description = { header, body: Buffer.allocUnsafe(header.size), length: 0 }
    if (header.size === 0) this.#endDescription()
  }

  #takeDescription(bytes: Buffer, at: number): number {
    const description = this.#description!
    const step = Math.min(description.body.length - description.length, bytes.length - at)
    bytes.copy(description.body, description.length, at, at + step)
    description.length += step
    if (description.length === description.body.length) this.#endDescription()
    return step
  }

  #endDescription(): void {
    const { header, body } = this.#description!
    this.#description = undefined
    this.#padding = padToBlock(body.length) - body.length
    this.#builder.describe(header, body)
  }

  #takeContents(bytes: Buffer, at: number): number {
    const step = Math.min(this.#contents, bytes.length - at)
    this.#sink.data(bytes.subarray(at, at + step))
    this.#contents -= step
    if (this.#contents === 0) this.#sink.entryEnd()
    return step
  }
}

function isZero(bytes: Buffer): boolean {
  return bytes[0] === 0 && bytes.subarray(1).equals(bytes.subarray(0, -1))
}

function damaged(why: string): BakthatError {
  return new BakthatError('INTEGRITY', `the archive is damaged: ${why}`)
}
