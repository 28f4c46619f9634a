import type { Bytes } from './types.js'

/** Reads the beginning of a stream by length and the rest as it comes. */
export class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>
  #held: Uint8Array = new Uint8Array()

  constructor(bytes: Bytes) {
    this.#source = bytes[Symbol.asyncIterator]()
  }

  /** The next bytes, which stay unread; fewer than `length` only where the stream ends. */
  async peek(length: number): Promise<Uint8Array> {
    const chunks = [this.#held]
    let size = this.#held.length
    while (size < length) {
      const next = await this.#source.next()
      if (next.done === true) break
      chunks.push(next.value)
      size += next.value.length
    }
    if (chunks.length > 1) this.#held = Buffer.concat(chunks, size)
    return this.#held.subarray(0, length)
  }

  /** The next bytes; fewer than `length` only where the stream ends. */
  async take(length: number): Promise<Uint8Array> {
    const bytes = await this.peek(length)
    this.#held = this.#held.subarray(bytes.length)
    return bytes
  }

  /** What is left, as it comes. To return from it, even before its first chunk, releases what the source holds. */
  rest(): AsyncIterableIterator<Uint8Array> {
    return {
      next: () => {
        if (this.#held.length === 0) return this.#source.next()
        const value = this.#held
        this.#held = new Uint8Array()
        return Promise.resolve({ done: false, value })
      },
      return: async () => {
        await this.close()
        return { done: true, value: undefined }
      },
      [Symbol.asyncIterator]() {
        return this
      },
    }
  }

  /** Releases what the source holds. */
  async close(): Promise<void> {
    await this.#source.return?.()
  }
}
