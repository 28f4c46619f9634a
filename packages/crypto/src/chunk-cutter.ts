/**
 * Cuts a stream into chunks of one size, holding the last of them back until more bytes show that it is not the last: only
 * then is it known how it must be sealed or opened. Copies nothing but what straddles two inputs.
 */
export class ChunkCutter {
  readonly #size: number
  #held: Uint8Array
  #heldLength = 0
  #spare: Uint8Array

  constructor(size: number) {
    this.#size = size
    this.#held = new Uint8Array(size)
    this.#spare = new Uint8Array(size)
  }

  /** The chunks that are now known not to be the last. They are valid until the next call. */
  push(input: Uint8Array): Uint8Array[] {
    const chunks: Uint8Array[] = []
    let at = 0
    if (this.#heldLength > 0 && this.#heldLength + input.length > this.#size) {
      at = this.#size - this.#heldLength
      this.#hold(input.subarray(0, at))
      chunks.push(this.#held)
      this.#heldLength = 0
      ;[this.#held, this.#spare] = [this.#spare, this.#held]
    }
    for (; input.length - at > this.#size; at += this.#size) chunks.push(input.subarray(at, at + this.#size))
    this.#hold(input.subarray(at))
    return chunks
  }

  /** The last chunk: 1 to `size` bytes, or none if the stream was empty. */
  end(): Uint8Array {
    return this.#held.subarray(0, this.#heldLength)
  }

  #hold(bytes: Uint8Array): void {
    this.#held.set(bytes, this.#heldLength)
    this.#heldLength += bytes.length
  }
}
