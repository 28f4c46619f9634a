/** Milliseconds for which what was not used is saved up. */
const burst = 250

/**
 * So many bytes in a second for all who share it: a token bucket, kept as the time up to which all that was taken is paid
 * for (https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm).
 */
export class Throttle {
  readonly #bytesPerSecond: number
  readonly #now: () => Date
  #paidUntil = 0

  constructor(bytesPerSecond: number, now: () => Date) {
    this.#bytesPerSecond = bytesPerSecond
    this.#now = now
  }

  /** Takes so many bytes, and says how many milliseconds whoever took them is to wait before passing them on. */
  take(bytes: number): number {
    const now = this.#now().getTime()
    this.#paidUntil = Math.max(this.#paidUntil, now - burst) + (bytes / this.#bytesPerSecond) * 1000
    return Math.max(0, this.#paidUntil - now)
  }

  /** Bytes that may be passed on in one piece, so that what flows flows evenly. */
  get piece(): number {
    return Math.min(64 * 1024, Math.max(1, Math.floor(this.#bytesPerSecond / 8)))
  }
}
