/** Sizes are rounded up to it, so that a buffer fits more than once. */
const step = 1 << 20

/** More than are ever in use. */
const mostFree = 8

/**
 * Large buffers on their way round between threads: used again, where new ones would stay in memory until some thread's garbage
 * collector gets to them.
 */
export class BufferStock {
  readonly #free: ArrayBuffer[] = []

  /** A buffer of at least that size, with anything in it. */
  take(size: number): ArrayBuffer {
    const index = this.#free.findIndex(({ byteLength }) => byteLength >= size)
    if (index >= 0) return this.#free.splice(index, 1)[0]!
    return new ArrayBuffer(Math.max(1, Math.ceil(size / step)) * step)
  }

  /** Gives back a buffer that nobody uses any more. */
  give(buffer: ArrayBuffer): void {
    if (buffer.byteLength < step) return
    this.#free.push(buffer)
    this.#free.sort((a, b) => a.byteLength - b.byteLength)
    if (this.#free.length > mostFree) this.#free.shift()
  }
}
