import type { Bytes } from './bytes.js'

/** A piece of a stream that is sent in one request. */
export interface GatheredPart {
  /** From 1. */
  readonly number: number
  /** Where in the stream it begins. */
  readonly start: number
  readonly size: number
  /** Its bytes; to be given back to the {@link BlockStock} when nobody needs them any more. */
  readonly blocks: readonly Uint8Array<ArrayBuffer>[]
  readonly isLast: boolean
}

/** How parts are gathered. */
export interface PartGathering {
  /** Bytes of the part of that number. */
  readonly sizeOf: (partNumber: number) => number
  readonly stock: BlockStock
  /** Parts of no more bytes are one block, but for the first part. */
  readonly blockSize: number
  /** Told of the bytes as they come, in pieces that lie within one part each: all of a part before it is given. */
  readonly onBytes: (bytes: Uint8Array) => void
}

/** Memory of parts that were sent, for those that follow: to have it fresh costs more than to copy into it. */
export class BlockStock {
  readonly #free: ArrayBuffer[] = []

  take(size: number): Uint8Array<ArrayBuffer> {
    const memory = this.#free.pop()
    return memory !== undefined && memory.byteLength >= size
      ? Buffer.from(memory, 0, size)
      : Buffer.allocUnsafeSlow(size)
  }

  give(blocks: readonly Uint8Array<ArrayBuffer>[]): void {
    for (const { buffer } of blocks) this.#free.push(buffer)
  }

  /** The bytes of the blocks in one, which is to be given back in their place. */
  join(blocks: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
    const [only] = blocks
    if (blocks.length === 1 && only !== undefined) return only
    const whole = Buffer.concat(blocks)
    this.give(blocks)
    return whole
  }
}

/**
 * The stream in parts of the sizes asked for, at least one. A part is given only when it is known whether another follows.
 * Copies every byte once. The memory of parts that are given back to the stock is used again.
 */
export async function* gatherParts(bytes: Bytes, gathering: PartGathering): AsyncGenerator<GatheredPart> {
  let part = new Part(1, 0, gathering)
  for await (const chunk of bytes) {
    for (let rest = chunk; rest.length > 0;) {
      if (part.isFull) {
        yield part.done(false)
        part = new Part(part.number + 1, part.end, gathering)
      }
      rest = rest.subarray(part.take(rest))
    }
  }
  yield part.done(true)
}

class Part {
  readonly number: number
  readonly #start: number
  readonly #limit: number
  readonly #gathering: PartGathering
  readonly #blocks: Uint8Array<ArrayBuffer>[] = []
  #size = 0
  #room = 0

  constructor(number: number, start: number, gathering: PartGathering) {
    this.number = number
    this.#start = start
    this.#limit = gathering.sizeOf(number)
    this.#gathering = gathering
  }

  get isFull(): boolean {
    return this.#size === this.#limit
  }

  get end(): number {
    return this.#start + this.#size
  }

  /** Copies as much as fits into one block, and says how much that was. */
  take(bytes: Uint8Array): number {
    if (this.#room === 0) this.#addBlock(bytes.length)
    const block = this.#blocks.at(-1)!
    const taken = bytes.subarray(0, this.#room)
    block.set(taken, block.length - this.#room)
    this.#gathering.onBytes(taken)
    this.#room -= taken.length
    this.#size += taken.length
    return taken.length
  }

  done(isLast: boolean): GatheredPart {
    const last = this.#blocks.pop()
    if (last !== undefined) this.#blocks.push(last.subarray(0, last.length - this.#room))
    return { number: this.number, start: this.#start, size: this.#size, blocks: this.#blocks, isLast }
  }

  /**
   * The blocks of the first part double what there is, from what arrives first: most blobs are small. Those of the others
   * are as large as they can be.
   */
  #addBlock(arrived: number): void {
    const wanted = this.number === 1 ? Math.max(arrived, this.#size) : this.#limit
    this.#room = Math.min(wanted, this.#gathering.blockSize, this.#limit - this.#size)
    this.#blocks.push(this.#gathering.stock.take(this.#room))
  }
}
