import { createHash, type Hash } from 'node:crypto'
import { crc32 } from 'node:zlib'

import type { Bytes } from '@bakthat/storage'

/** Bytes are kept in blocks, so that a part needs no more memory than it has bytes, however they arrive. */
const blockSize = 1024 ** 2

export interface Part {
  readonly number: number
  /** Whoever takes them out frees them. */
  readonly blocks: Buffer[]
  readonly size: number
  /** CRC32 of its bytes, as S3 writes it. */
  readonly crc32: string
  readonly isLast: boolean
}

/** What went by in all parts so far. */
export class Tally {
  size = 0
  readonly #sha256: Hash = createHash('sha256')
  #crc32 = 0

  add(bytes: Uint8Array): void {
    this.size += bytes.length
    this.#sha256.update(bytes)
    this.#crc32 = crc32(bytes, this.#crc32)
  }

  /** Ends the count. */
  sha256(): string {
    return this.#sha256.digest('hex')
  }

  crc32(): string {
    return base64Of(this.#crc32)
  }
}

/**
 * The stream in parts of the sizes asked for, at least one, each counted in `tally`. A part is given only when it is known
 * whether another follows.
 */
export async function* partsOf(
  bytes: Bytes,
  sizeOf: (partNumber: number) => number,
  tally: Tally,
): AsyncGenerator<Part> {
  let part = new Gathering(1, sizeOf(1))
  for await (const chunk of bytes) {
    tally.add(chunk)
    for (let rest = chunk; rest.length > 0;) {
      if (part.isFull) {
        yield part.done(false)
        part = new Gathering(part.number + 1, sizeOf(part.number + 1))
      }
      rest = rest.subarray(part.take(rest))
    }
  }
  yield part.done(true)
}

class Gathering {
  readonly number: number
  readonly #limit: number
  readonly #blocks: Buffer[] = []
  #size = 0
  #room = 0
  #crc32 = 0

  constructor(number: number, limit: number) {
    this.number = number
    this.#limit = limit
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
    this.#crc32 = crc32(taken, this.#crc32)
    this.#room -= taken.length
    this.#size += taken.length
    return taken.length
  }

  done(isLast: boolean): Part {
    const last = this.#blocks.pop()
    if (last !== undefined) this.#blocks.push(last.subarray(0, last.length - this.#room))
    return { number: this.number, blocks: this.#blocks, size: this.#size, crc32: base64Of(this.#crc32), isLast }
  }

  /** The first block of a part is no larger than what arrives first: most blobs are small. */
  #addBlock(arrived: number): void {
    const wanted = this.#blocks.length === 0 ? Math.min(arrived, blockSize) : blockSize
    this.#room = Math.min(wanted, this.#limit - this.#size)
    this.#blocks.push(Buffer.allocUnsafeSlow(this.#room))
  }
}

function base64Of(checksum: number): string {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(checksum)
  return bytes.toString('base64')
}
