import { createHash, type Hash } from 'node:crypto'
import { crc32 } from 'node:zlib'

import type { Bytes } from '@bakthat/storage'

export interface Part {
  readonly number: number
  /** To be given back to the {@link BlockStock} when nobody needs them any more. */
  readonly blocks: readonly Buffer<ArrayBuffer>[]
  readonly size: number
  /** CRC32 of its bytes, as S3 writes it, where it was asked for. */
  readonly crc32: string | undefined
  readonly isLast: boolean
}

/** Memory of parts that were sent, for those that follow: to have it fresh costs more than to copy into it. */
export class BlockStock {
  readonly #free: ArrayBuffer[] = []

  take(size: number): Buffer<ArrayBuffer> {
    const memory = this.#free.pop()
    return memory !== undefined && memory.byteLength >= size
      ? Buffer.from(memory, 0, size)
      : Buffer.allocUnsafeSlow(size)
  }

  give(blocks: readonly Buffer<ArrayBuffer>[]): void {
    for (const { buffer } of blocks) this.#free.push(buffer)
  }
}

/** What went by in all parts so far. */
export class Tally {
  size = 0
  readonly #sha256: Hash | undefined
  readonly #checksum: Checksum | undefined
  readonly #known: (() => string) | undefined

  /** `checksums`: whether the CRC32 is wanted too. `sha256`: where that is known. */
  constructor(checksums: boolean, sha256: (() => string) | undefined) {
    this.#checksum = checksums ? new Checksum() : undefined
    this.#known = sha256
    this.#sha256 = sha256 === undefined ? createHash('sha256') : undefined
  }

  add(bytes: Uint8Array): void {
    this.size += bytes.length
    this.#sha256?.update(bytes)
    this.#checksum?.add(bytes)
  }

  /** Ends the count. */
  sha256(): string {
    return this.#known?.() ?? this.#sha256!.digest('hex')
  }

  crc32(): string | undefined {
    return this.#checksum?.base64()
  }
}

/**
 * The stream in parts of the sizes asked for, at least one, each counted in `tally`, in memory of the stock. A part is given
 * only when it is known whether another follows.
 */
export async function* partsOf(
  bytes: Bytes,
  sizeOf: (partNumber: number) => number,
  tally: Tally,
  gathering: GatheringOptions,
): AsyncGenerator<Part> {
  const begin = (number: number): Gathering => new Gathering(number, sizeOf(number), gathering)
  let part = begin(1)
  for await (const chunk of bytes) {
    tally.add(chunk)
    for (let rest = chunk; rest.length > 0;) {
      if (part.isFull) {
        yield part.done(false)
        part = begin(part.number + 1)
      }
      rest = rest.subarray(part.take(rest))
    }
  }
  yield part.done(true)
}

export interface GatheringOptions {
  readonly stock: BlockStock
  /** Parts of no more bytes are one block, but for the first part. */
  readonly blockSize: number
  /** Whether the CRC32 of each part is wanted. */
  readonly checksums: boolean
}

class Gathering {
  readonly number: number
  readonly #limit: number
  readonly #blockSize: number
  readonly #stock: BlockStock
  readonly #checksum: Checksum | undefined
  readonly #blocks: Buffer<ArrayBuffer>[] = []
  #size = 0
  #room = 0

  constructor(number: number, limit: number, { stock, blockSize, checksums }: GatheringOptions) {
    this.number = number
    this.#limit = limit
    this.#blockSize = blockSize
    this.#stock = stock
    this.#checksum = checksums ? new Checksum() : undefined
  }

  get isFull(): boolean {
    return this.#size === this.#limit
  }

  /** Copies as much as fits into one block, and says how much that was. */
  take(bytes: Uint8Array): number {
    if (this.#room === 0) this.#addBlock(bytes.length)
    const block = this.#blocks.at(-1)!
    const taken = bytes.subarray(0, this.#room)
    block.set(taken, block.length - this.#room)
    this.#checksum?.add(taken)
    this.#room -= taken.length
    this.#size += taken.length
    return taken.length
  }

  done(isLast: boolean): Part {
    const last = this.#blocks.pop()
    if (last !== undefined) this.#blocks.push(last.subarray(0, last.length - this.#room))
    return {
      number: this.number,
      blocks: this.#blocks,
      size: this.#size,
      crc32: this.#checksum?.base64(),
      isLast,
    }
  }

  /**
   * The blocks of the first part double what there is, from what arrives first: most blobs are small. Those of the others
   * are as large as they can be.
   */
  #addBlock(arrived: number): void {
    const wanted = this.number === 1 ? Math.max(arrived, this.#size) : this.#limit
    this.#room = Math.min(wanted, this.#blockSize, this.#limit - this.#size)
    this.#blocks.push(this.#stock.take(this.#room))
  }
}

class Checksum {
  #value = 0

  add(bytes: Uint8Array): void {
    this.#value = crc32(bytes, this.#value)
  }

  base64(): string {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32BE(this.#value)
    return bytes.toString('base64')
  }
}
