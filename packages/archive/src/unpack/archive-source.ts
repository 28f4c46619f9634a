import { BakthatError } from '@bakthat/errors'
import type { Bytes } from '../types.js'

/**
 * The bytes of an archive as a caller gave them. Tells their own failure from that of whoever reads them, and stops
 * waiting for them with `INTERRUPTED` when the signal says so.
 */
export class ArchiveSource implements Bytes {
  readonly #bytes: Bytes
  readonly #signal: AbortSignal | undefined
  #failure: { readonly error: unknown } | undefined
  #stopWaiting: ((error: unknown) => void) | undefined

  constructor(bytes: Bytes, signal: AbortSignal | undefined) {
    this.#bytes = bytes
    this.#signal = signal
  }

  /** Whether this is the error with which the bytes ended. */
  failedWith(error: unknown): boolean {
    return this.#failure !== undefined && this.#failure.error === error
  }

  throwIfAborted(): void {
    if (this.#signal?.aborted === true) throw this.#interrupted()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    const iterator = this.#bytes[Symbol.asyncIterator]()
    const stopWaiting = (): void => this.#stopWaiting?.(this.#interrupted())
    this.#signal?.addEventListener('abort', stopWaiting)
    try {
      for (let next = await this.#next(iterator); next.done !== true; next = await this.#next(iterator))
        yield next.value
    } finally {
      this.#signal?.removeEventListener('abort', stopWaiting)
      const returned = iterator.return?.()
      // One that is being waited for may never answer.
      if (this.#signal?.aborted === true) returned?.catch(() => undefined)
      else await returned
    }
  }

  /** Not a race against one long promise: that would keep every chunk until the end. */
  async #next(iterator: AsyncIterator<Uint8Array>): Promise<IteratorResult<Uint8Array>> {
    this.throwIfAborted()
    try {
      return await new Promise((resolve, reject) => {
        this.#stopWaiting = reject
        iterator.next().then(resolve, reject)
      })
    } catch (error) {
      this.#failure = { error }
      throw error
    }
  }

  #interrupted(): BakthatError {
    return new BakthatError('INTERRUPTED', 'reading the archive was interrupted', { cause: this.#signal?.reason })
  }
}
