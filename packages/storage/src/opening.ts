/**
 * Something that the first call which needs it opens, and that all calls share. Where opening failed, or it was closed
 * meanwhile, the next call opens it anew.
 */
export class Opening<T> {
  readonly #open: () => Promise<T>
  #opened: Promise<T> | undefined

  constructor(open: () => Promise<T>) {
    this.#open = open
  }

  /** What is open. Rejects as opening it did. */
  get(): Promise<T> {
    if (this.#opened !== undefined) return this.#opened
    const opened = this.#open()
    this.#opened = opened
    opened.catch(() => {
      if (this.#opened === opened) this.#opened = undefined
    })
    return opened
  }

  /** Closes what is open or being opened, if anything is. That it could not be opened was told to those who needed it. */
  async close(close: (opened: T) => unknown): Promise<void> {
    const opened = this.#opened
    this.#opened = undefined
    await opened?.then(close, () => undefined)
  }
}
