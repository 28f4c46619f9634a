/** How many of the blocks last handed over stay as they are: readers look back at one while they wait for the next. */
const kept = 2

/**
 * What another thread puts into blocks that both share, as a stream. A chunk is lent: it lasts until the one after the next
 * is asked for.
 */
export class LentBlocks implements AsyncIterableIterator<Uint8Array, undefined> {
  readonly #blocks: readonly SharedArrayBuffer[]
  readonly #onFree: (slot: number) => void
  readonly #waiting: { readonly slot: number; readonly length: number }[] = []
  readonly #lent: number[] = []
  #hasEnded = false
  #wake: () => void = () => undefined

  constructor(blocks: readonly SharedArrayBuffer[], onFree: (slot: number) => void) {
    this.#blocks = blocks
    this.#onFree = onFree
  }

  add(slot: number, length: number): void {
    this.#waiting.push({ slot, length })
    this.#wake()
  }

  end(): void {
    this.#hasEnded = true
    this.#wake()
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (this.#lent.length === kept) this.#onFree(this.#lent.shift()!)
    while (this.#waiting.length === 0 && !this.#hasEnded) {
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
    const next = this.#waiting.shift()
    if (next === undefined) return { done: true, value: undefined }
    this.#lent.push(next.slot)
    return { done: false, value: new Uint8Array(this.#blocks[next.slot]!, 0, next.length) }
  }

  return(): Promise<IteratorReturnResult<undefined>> {
    this.#hasEnded = true
    this.#waiting.length = 0
    this.#wake()
    return Promise.resolve({ done: true, value: undefined })
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}
