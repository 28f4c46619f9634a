import { BakthatError } from '@bakthat/errors'
import { blockSize } from './encode-header.js'
import { damaged, decodeNumber } from './decode-header.js'

/** Where the stored bytes of a file with holes belong: offset and length, in turn, ascending. */
export type SparseRegions = readonly number[]

/** Reads a map of regions that takes blocks of the archive beyond the entry's header. */
export interface SparseMapReader {
  /** Takes the next block; whether it needs another one. */
  take(block: Buffer, at: number): boolean
  readonly regions: SparseRegions
  /** Bytes of what the header counts as contents that the map took. */
  readonly bytesTaken: number
}

/** More regions than this are refused: 16 bytes each, held while the file is restored. */
const mostNumbers = 2_000_000

/** GNU's old format: four regions in the header, 21 in each block after it. */
export class GnuSparseMap implements SparseMapReader {
  readonly regions: number[] = []
  readonly bytesTaken = 0

  /** Takes the regions in the header; `needsMore` tells whether blocks follow. */
  static fromHeader(block: Buffer, at: number): { readonly map: GnuSparseMap; readonly needsMore: boolean } {
    const map = new GnuSparseMap()
    map.#add(block, at + 386, 4)
    return { map, needsMore: block[at + 482] !== 0 }
  }

  /** The size that the file has with its holes. */
  static realSize(block: Buffer, at: number): number {
    return decodeNumber(block, at + 483, 12)
  }

  take(block: Buffer, at: number): boolean {
    this.#add(block, at, 21)
    return block[at + 504] !== 0
  }

  #add(block: Buffer, at: number, count: number): void {
    for (let i = 0; i < count; i++) {
      const start = at + i * 24
      if (block[start] === 0 && block[start + 12] === 0) return
      push(this.regions, decodeNumber(block, start, 12))
      push(this.regions, decodeNumber(block, start + 12, 12))
    }
  }
}

/** GNU's pax format 1.0: decimal numbers, one a line, in the first blocks of the contents: how many regions, then the regions. */
export class TextSparseMap implements SparseMapReader {
  readonly regions: number[] = []
  bytesTaken = 0
  #count: number | undefined
  #number = 0
  #digits = 0

  take(block: Buffer, at: number): boolean {
    this.bytesTaken += blockSize
    for (let i = at; i < at + blockSize && !this.#isComplete(); i++) this.#character(block[i]!)
    return !this.#isComplete()
  }

  #isComplete(): boolean {
    return this.#count !== undefined && this.regions.length === 2 * this.#count
  }

  #character(character: number): void {
    const digit = character - 0x30
    if (digit >= 0 && digit <= 9 && ++this.#digits <= 15) {
      this.#number = this.#number * 10 + digit
      return
    }
    if (character !== 0x0a || this.#digits === 0 || this.#digits > 15) throw malformed()
    if (this.#count === undefined) this.#count = this.#number
    else push(this.regions, this.#number)
    this.#number = this.#digits = 0
  }
}

/** GNU's pax format 0.1: all numbers in one record. */
export function parseSparseMap(value: string): SparseRegions {
  if (value === '') return []
  const regions: number[] = []
  for (const number of value.split(',')) {
    if (!/^\d{1,15}$/.test(number)) throw malformed()
    push(regions, Number(number))
  }
  return regions
}

/** Throws `INTEGRITY` unless the regions ascend, stay within `size` and hold `storedSize` bytes together. */
export function checkSparseRegions(regions: SparseRegions, size: number, storedSize: number): void {
  let end = 0
  let stored = 0
  for (let i = 0; i < regions.length; i += 2) {
    const offset = regions[i]!
    const length = regions[i + 1] ?? -1
    if (offset < end || length < 0) throw malformed()
    end = offset + length
    stored += length
  }
  if (end > size || stored !== storedSize) throw malformed()
}

function push(regions: number[], number: number): void {
  if (regions.length >= mostNumbers) {
    throw new BakthatError('UNSUPPORTED', `a file with more than ${mostNumbers / 2} holes`, {
      hint: 'unpack the archive with GNU tar',
    })
  }
  regions.push(number)
}

function malformed(): Error {
  return damaged('the map of a file with holes is malformed')
}
