import { BakthatError } from '@bakthat/errors'
import { damaged, decodeHeader, isZero, looksLikeHeader, type TarHeader } from '../tar/decode-header.js'
import { blockSize, padToBlock } from '../tar/encode-header.js'
import { EntryBuilder } from './entry-builder.js'
import type { SparseDraft } from './sparse-entry.js'
import type { TarEntry } from './tar-entry.js'

/** Who is told what the reader finds, in the order of the archive. */
export interface TarSink {
  /** An entry begins. For a file, `data` follows until `storedSize` bytes have come; then, for every kind, `entryEnd`. */
  entry(entry: TarEntry): void
  /** The bytes are lent: they are not to be kept. */
  data(bytes: Buffer, start: number, end: number): void
  entryEnd(): void
}

const flagOffset = 156

/** Names and records may be long, but not so long that a hostile size takes the memory. */
const longestDescription = 1 << 20

/**
 * Reads a tar stream of any kind, strictly: it is given chunks of any size and tells a sink what it finds. Synchronous, so
 * that millions of small entries cost no promises. Throws `INTEGRITY` for damage and truncation, `INVALID_INPUT` where the
 * first block is no header.
 *
 * An archive ends with two blocks of zeros, or with one that nothing follows. What comes after two is not read, but reported.
 */
export class TarReader {
  readonly #sink: TarSink
  readonly #builder = new EntryBuilder()
  readonly #block = Buffer.alloc(blockSize)
  #blockLength = 0
  /** A header whose contents describe the next entry, and those contents so far. */
  #description: { readonly header: TarHeader; readonly pieces: Buffer[]; missing: number } | undefined
  /** The last header of that kind, as it stood. */
  #known: { readonly block: Buffer; readonly header: TarHeader } | undefined
  #draft: SparseDraft | undefined
  #contents = 0
  #skipped = 0
  #isFirst = true
  #zeroBlocks = 0
  #hasTrailer = false
  #size = 0

  constructor(sink: TarSink) {
    this.#sink = sink
  }

  /** Bytes read. */
  get size(): number {
    return this.#size
  }

  /** Whether anything but zeros follows the end of the archive. */
  get hasTrailer(): boolean {
    return this.#hasTrailer
  }

  write(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
    this.#size += bytes.length
    let at = 0
    while (at < bytes.length) at += this.#step(bytes, at)
  }

  /** Says that there is no more. Throws `INTEGRITY` if the archive has not ended. */
  end(): void {
    if (this.#zeroBlocks > 0) {
      if (this.#block.some((byte, i) => i < this.#blockLength && byte !== 0)) this.#meetTrailer()
      return
    }
    if (this.#isFirst) throw notTar()
    throw new BakthatError('INTEGRITY', 'the archive is cut short', {
      hint: 'fetch it again, or restore another backup',
    })
  }

  /** Takes what it can from `bytes` at `at`; gives how much. */
  #step(bytes: Buffer, at: number): number {
    if (this.#description !== undefined) return this.#takeDescription(bytes, at)
    if (this.#contents > 0) return this.#takeContents(bytes, at)
    if (this.#skipped > 0) {
      const step = Math.min(this.#skipped, bytes.length - at)
      this.#skipped -= step
      return step
    }
    if (this.#blockLength === 0 && bytes.length - at >= blockSize) {
      this.#takeBlock(bytes, at)
      return blockSize
    }
    const step = bytes.copy(this.#block, this.#blockLength, at)
    this.#blockLength += step
    if (this.#blockLength === blockSize) {
      this.#blockLength = 0
      this.#takeBlock(this.#block, 0)
    }
    return step
  }

  #takeBlock(bytes: Buffer, at: number): void {
    if (this.#draft !== undefined) this.#takeSparseMap(this.#draft, bytes, at)
    else if (this.#zeroBlocks > 0) this.#takeTrailer(bytes, at)
    else this.#takeHeader(bytes, at)
  }

  #takeHeader(bytes: Buffer, at: number): void {
    if (this.#isFirst && !looksLikeHeader(bytes, at)) throw notTar()
    this.#isFirst = false
    const header = this.#knownHeader(bytes, at) ?? decodeHeader(bytes, at)
    if (header === undefined) {
      if (this.#builder.isWaiting) throw damaged('it ends where an entry was to come')
      this.#zeroBlocks = 1
    } else if (this.#builder.isDescribing(header)) {
      if (header !== this.#known?.header) this.#remember(header, bytes, at)
      this.#beginDescription(header)
    } else {
      const built = this.#builder.build(header, bytes, at)
      if (built === undefined) this.#skipped = padToBlock(header.size)
      else if ('map' in built) this.#draft = built
      else this.#begin(built)
    }
  }

  /** Most tars have a header of pax records before every entry, and always the same. */
  #knownHeader(bytes: Buffer, at: number): TarHeader | undefined {
    if (this.#known === undefined || bytes[at + flagOffset] !== this.#known.block[flagOffset]) return undefined
    const isSame = bytes.compare(this.#known.block, 0, blockSize, at, at + blockSize) === 0
    return isSame ? this.#known.header : undefined
  }

  #remember(header: TarHeader, bytes: Buffer, at: number): void {
    this.#known = { block: Buffer.from(bytes.subarray(at, at + blockSize)), header }
  }

  #takeSparseMap(draft: SparseDraft, bytes: Buffer, at: number): void {
    if (draft.map.take(bytes, at)) return
    this.#draft = undefined
    this.#begin(draft.finish())
  }

  #begin(entry: TarEntry): void {
    this.#sink.entry(entry)
    const { storedSize } = entry
    if (entry.type === 'file' && storedSize > 0) {
      this.#contents = storedSize
      this.#skipped = padToBlock(storedSize) - storedSize
    } else {
      this.#skipped = padToBlock(storedSize)
      this.#sink.entryEnd()
    }
  }

  #takeContents(bytes: Buffer, at: number): number {
    const step = Math.min(this.#contents, bytes.length - at)
    this.#sink.data(bytes, at, at + step)
    this.#contents -= step
    if (this.#contents === 0) this.#sink.entryEnd()
    return step
  }

  /** The size is the header's own: pax records before it are about the entry (CVE-2026-53655). */
  #beginDescription(header: TarHeader): void {
    const { size } = header
    if (size < 0 || size > longestDescription) throw damaged(`an extended header of ${size} bytes`)
    this.#description = { header, pieces: [], missing: size }
  }

  #takeDescription(bytes: Buffer, at: number): number {
    const description = this.#description!
    const piece = bytes.subarray(at, at + description.missing)
    // Copied where more is to come: the bytes are lent to us, too.
    description.pieces.push(piece.length < description.missing ? Buffer.from(piece) : piece)
    description.missing -= piece.length
    if (description.missing === 0) this.#endDescription()
    return piece.length
  }

  #endDescription(): void {
    const { header, pieces } = this.#description!
    this.#description = undefined
    this.#skipped = padToBlock(header.size) - header.size
    this.#builder.describe(header, pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces))
  }

  #takeTrailer(bytes: Buffer, at: number): void {
    if (isZero(bytes, at)) this.#zeroBlocks++
    else this.#meetTrailer()
  }

  #meetTrailer(): void {
    if (this.#zeroBlocks === 1) throw damaged('a block of zeros stands where an entry was to come')
    this.#hasTrailer = true
  }
}

function notTar(): BakthatError {
  return new BakthatError('INVALID_INPUT', 'not a tar archive, or damaged at its very beginning', {
    hint: 'bakthat restores .tar, .tgz and .tar.zst archives, each with or without .age',
  })
}
