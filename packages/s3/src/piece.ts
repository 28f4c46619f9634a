import type { BlockStock, ByteRange } from '@bakthat/storage'

/** Bytes of one chunk for the reader: what fits well into the caches of all that looks at it. */
const chunkSize = 64 * 1024

/**
 * A piece of an object, read while it is still arriving. It lies in memory that is used again, and its reader gets copies:
 * chunks that waited for their turn would outlive young collections, and only full ones, again and again, would free them.
 */
export class Piece {
  readonly #range: ByteRange
  readonly #stock: BlockStock
  readonly #memory: Uint8Array<ArrayBuffer>
  #received = 0
  #read = 0
  #end: { readonly failure?: { readonly error: unknown } } | undefined
  #wake: () => void = () => undefined

  constructor(range: ByteRange, stock: BlockStock) {
    this.#range = range
    this.#stock = stock
    this.#memory = stock.take(range.end - range.start)
  }

  /** What has not arrived yet. */
  get missing(): ByteRange {
    return { start: this.#range.start + this.#received, end: this.#range.end }
  }

  /** Takes what arrived next, which must not be more than is missing. */
  add(bytes: Uint8Array): void {
    this.#memory.set(bytes, this.#received)
    this.#received += bytes.length
    this.#wake()
  }

  /** Says that all has arrived, and that the answer ended there. */
  finish(): void {
    this.#end = {}
    this.#wake()
  }

  /** Nothing more will come: whoever waits for it gets the error. */
  fail(error: unknown): void {
    this.#end = { failure: { error } }
    this.#wake()
  }

  /** The next chunk, once there is one; `undefined` when the answer has ended well. */
  async next(): Promise<Uint8Array | undefined> {
    while (this.#read === this.#received) {
      if (this.#end?.failure !== undefined) throw this.#end.failure.error
      if (this.#end !== undefined) return undefined
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
    const end = Math.min(this.#received, this.#read + chunkSize)
    const chunk = copyOf(this.#memory.subarray(this.#read, end))
    this.#read = end
    return chunk
  }

  /** Gives the memory to the pieces that follow. */
  release(): void {
    this.#stock.give([this.#memory])
  }
}

/** Not in the pool of small buffers, of which one that is kept would keep all. */
function copyOf(bytes: Uint8Array): Uint8Array {
  const copy = Buffer.allocUnsafeSlow(bytes.length)
  copy.set(bytes)
  return copy
}
