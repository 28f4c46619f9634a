import { types } from 'node:util'

/** Sizes are rounded up to it, so that a buffer fits more than once. */
const step = 1 << 20

/** More than are ever in use. */
const mostFree = 8

export type Memory = ArrayBuffer | SharedArrayBuffer

/**
 * Large buffers, used again and again. Those that threads share are not handed over from one to the other, for then they
 * would weigh upon the garbage collector of each, which would run all the time for what is no garbage. Nobody's collector
 * minds shared ones, so all that are taken are to be given back.
 */
export class BufferStock<Kind extends Memory = SharedArrayBuffer> {
  readonly #make: (size: number) => Kind
  readonly #free: Kind[] = []

  private constructor(make: (size: number) => Kind) {
    this.#make = make
  }

  static shared(): BufferStock {
    return new BufferStock((size) => new SharedArrayBuffer(size))
  }

  /** For one thread, which copies into these faster. */
  static own(): BufferStock<ArrayBuffer> {
    return new BufferStock((size) => new ArrayBuffer(size))
  }

  /** A buffer of at least that size, with anything in it. */
  take(size: number): Kind {
    const index = this.#free.findIndex(({ byteLength }) => byteLength >= size)
    if (index >= 0) return this.#free.splice(index, 1)[0]!
    return this.#make(Math.max(1, Math.ceil(size / step)) * step)
  }

  /** Gives back a buffer that no thread uses any more. */
  give(buffer: Kind): void {
    this.#free.push(buffer)
    this.#free.sort((a, b) => a.byteLength - b.byteLength)
    if (this.#free.length > mostFree) this.#free.shift()
  }
}

/** Bytes in a shared buffer of a stock. */
export type StockBytes = Uint8Array<SharedArrayBuffer>

/** Tells bytes of a stock from others, in a stream of both. */
export function areStockBytes(bytes: Uint8Array): bytes is StockBytes {
  return types.isSharedArrayBuffer(bytes.buffer)
}
