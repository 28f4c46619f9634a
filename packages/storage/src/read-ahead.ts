import type { Bytes } from './bytes.js'

/** A stream that is read ahead of its reader. */
export interface ReadAhead extends AsyncIterableIterator<Uint8Array, undefined> {
  /** Stops the source, whether or not anything was read, and drops what is held. Idempotent. */
  return(): Promise<IteratorReturnResult<undefined>>
}

/**
 * Begins to read a stream at once, and goes on until `limit` bytes or more wait for the reader: so the source is at work
 * while its reader is not, be it that it is still getting ready or that it waits for a network. Chunks are handed over as
 * they are; an error of the source is thrown in its place, after the chunks that came before it. Holds one chunk more than
 * `limit` bytes at most. Whoever gives up before reading to the end has to call `return`, as `for await` does.
 */
export function readAhead(bytes: Bytes, limit: number): ReadAhead {
  return new Reading(bytes[Symbol.asyncIterator](), limit)
}

class Reading implements ReadAhead {
  readonly #source: AsyncIterator<Uint8Array>
  readonly #limit: number
  readonly #held: Uint8Array[] = []
  #size = 0
  #end: { readonly failure?: { readonly error: unknown } } | undefined
  #wakeReader: () => void = () => undefined
  #wakeSource: () => void = () => undefined

  constructor(source: AsyncIterator<Uint8Array>, limit: number) {
    this.#source = source
    this.#limit = limit
    void this.#read()
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    while (this.#held.length === 0 && this.#end === undefined) {
      await new Promise<void>((resolve) => (this.#wakeReader = resolve))
    }
    const chunk = this.#held.shift()
    if (chunk === undefined) return this.#finish()
    this.#size -= chunk.length
    if (this.#size < this.#limit) this.#wakeSource()
    return { done: false, value: chunk }
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    this.#end = {}
    this.#held.length = 0
    this.#wakeReader()
    this.#wakeSource()
    await this.#source.return?.()
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async #read(): Promise<void> {
    try {
      while (this.#end === undefined) {
        const step = await this.#source.next()
        if (step.done === true) break
        await this.#hold(step.value)
      }
      this.#end ??= {}
    } catch (error) {
      this.#end ??= { failure: { error } }
    }
    this.#wakeReader()
  }

  /** Keeps a chunk, and waits until there is room for the next. */
  async #hold(chunk: Uint8Array): Promise<void> {
    if (this.#end !== undefined) return
    this.#held.push(chunk)
    this.#size += chunk.length
    this.#wakeReader()
    if (this.#size >= this.#limit) await new Promise<void>((resolve) => (this.#wakeSource = resolve))
  }

  #finish(): IteratorReturnResult<undefined> {
    const end = this.#end
    this.#end = {}
    if (end?.failure !== undefined) throw end.failure.error
    return { done: true, value: undefined }
  }
}
