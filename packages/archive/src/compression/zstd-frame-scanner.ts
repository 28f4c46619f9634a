import { BakthatError } from '@bakthat/errors'
import { isSkippableMagic, longestHeader, zstdMagic } from './zstd-headers.js'

/**
 * Finds where zstd frames end, without decompressing: it reads frame and block headers only (RFC 8878, section 3.1).
 *
 * With it a concatenation of frames can be cut and handed to several threads, and a truncated file is recognised whatever
 * the decompressor does. Bytes that are not zstd throw `INTEGRITY`.
 */
export class ZstdFrameScanner {
  readonly #header = new Uint8Array(longestHeader)
  #collected = 0
  #wanted = 4
  #skip = 0
  #state: 'magic' | 'descriptor' | 'header' | 'skippable' | 'block' | 'data' | 'end' = 'magic'
  #checksum = false
  #lastBlock = false

  /** Whether everything scanned so far is a whole number of frames. */
  get atFrameEnd(): boolean {
    return this.#state === 'magic' && this.#collected === 0
  }

  /** Scans `bytes` from `start` up to the end of the current frame, or of `bytes`; returns where it stopped. */
  scan(bytes: Uint8Array, start = 0): number {
    let at = start
    while (at < bytes.length) {
      if (this.#skip > 0) {
        const step = Math.min(this.#skip, bytes.length - at)
        this.#skip -= step
        at += step
      } else {
        while (this.#collected < this.#wanted && at < bytes.length) this.#header[this.#collected++] = bytes[at++]!
        if (this.#collected === this.#wanted) this.#advance()
      }
      if (this.#skip === 0 && this.#state === 'end') {
        this.#expect('magic', 4)
        return at
      }
    }
    return at
  }

  #expect(state: 'magic' | 'descriptor' | 'header' | 'skippable' | 'block', size: number): void {
    this.#state = state
    this.#collected = 0
    this.#wanted = size
  }

  #number(size: number): number {
    let value = 0
    for (let i = size - 1; i >= 0; i--) value = value * 256 + this.#header[i]!
    return value
  }

  #advance(): void {
    switch (this.#state) {
      case 'magic': {
        const magic = this.#number(4)
        if (magic === zstdMagic) this.#expect('descriptor', 1)
        else if (isSkippableMagic(magic)) this.#expect('skippable', 4)
        else throw new BakthatError('INTEGRITY', 'compressed data is damaged: not a zstd frame')
        break
      }
      case 'descriptor':
        this.#readDescriptor(this.#header[0]!)
        break
      case 'header':
        this.#expect('block', 3)
        break
      case 'skippable':
        this.#skip = this.#number(4)
        this.#state = 'end'
        break
      default:
        this.#readBlock(this.#number(3))
    }
  }

  #readDescriptor(descriptor: number): void {
    const singleSegment = (descriptor & 0x20) !== 0
    this.#checksum = (descriptor & 0x04) !== 0
    const windowSize = singleSegment ? 0 : 1
    const dictionarySize = [0, 1, 2, 4][descriptor & 3]!
    const contentSize = [singleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6]!
    const rest = windowSize + dictionarySize + contentSize
    if (rest === 0) this.#expect('block', 3)
    else this.#expect('header', rest)
  }

  #readBlock(header: number): void {
    const type = (header >> 1) & 3
    if (type === 3) throw new BakthatError('INTEGRITY', 'compressed data is damaged: reserved zstd block type')
    this.#lastBlock = (header & 1) !== 0
    const repeated = type === 1
    this.#skip = repeated ? 1 : header >> 3
    if (this.#lastBlock) {
      this.#skip += this.#checksum ? 4 : 0
      this.#state = 'end'
    } else {
      this.#expect('block', 3)
    }
  }
}
