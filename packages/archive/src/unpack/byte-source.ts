import { BakthatError } from '@bakthat/errors'
import type { Bytes } from '../types.js'

const nothing = new Uint8Array(0)

/** Reads a stream of bytes in steps of any size. The signal interrupts a step, even one that waits for a stream that is stuck. */
export class ByteSource {
  readonly #iterator: AsyncIterator<Uint8Array>
  readonly #signal: AbortSignal | undefined
  readonly #interrupt = (): void => this.#stopWaiting?.(this.#interrupted())
  #stopWaiting: ((error: unknown) => void) | undefined
  #current: Uint8Array = nothing
  #count = 0
  #isPulling = false

  constructor(bytes: Bytes, signal: AbortSignal | undefined) {
    this.#iterator = bytes[Symbol.asyncIterator]()
    this.#signal = signal
    signal?.addEventListener('abort', this.#interrupt, { once: true })
  }

  /** Bytes that came from the stream. */
  get count(): number {
    return this.#count
  }

  throwIfAborted(): void {
    if (this.#signal?.aborted === true) throw this.#interrupted()
  }

  /** The bytes at hand, at least one, or none at the end of the stream. They stay until consumed. */
  async bytes(): Promise<Uint8Array> {
    while (this.#current.length === 0) {
      const chunk = await this.#pull()
      if (chunk === undefined) return nothing
      this.#current = chunk
    }
    return this.#current
  }

  consume(length: number): void {
    this.#current = this.#current.subarray(length)
  }

  /** The next `length` bytes without consuming them; fewer at the end of the stream. */
  async peek(length: number): Promise<Uint8Array> {
    while (this.#current.length < length) {
      const chunk = await this.#pull()
      if (chunk === undefined) return this.#current
      this.#current = this.#current.length === 0 ? chunk : Buffer.concat([this.#current, chunk])
    }
    return this.#current.subarray(0, length)
  }

  /** All that is left. */
  async *rest(): Bytes {
    for (let bytes = await this.bytes(); bytes.length > 0; bytes = await this.bytes()) {
      this.#current = nothing
      yield bytes
    }
  }

  /** Lets the stream go. One that is stuck is not waited for. */
  async close(): Promise<void> {
    this.#signal?.removeEventListener('abort', this.#interrupt)
    const closed = this.#iterator.return?.()
    if (closed === undefined) return
    if (this.#isPulling) closed.catch(() => undefined)
    else await closed
  }

  /** Not a race against one long promise, which would keep every chunk until the end. */
  async #pull(): Promise<Uint8Array | undefined> {
    this.throwIfAborted()
    this.#isPulling = true
    const result = await new Promise<IteratorResult<Uint8Array>>((resolve, reject) => {
      this.#stopWaiting = reject
      this.#iterator.next().then(resolve, reject)
    })
    this.#isPulling = false
    if (result.done === true) return undefined
    this.#count += result.value.length
    return result.value
  }

  #interrupted(): BakthatError {
    return new BakthatError('INTERRUPTED', 'reading the archive was interrupted', { cause: this.#signal?.reason })
  }
}
