/** A clock that a test sets. */
export interface Clock {
  now(): Date
  set(to: Date): void
  /** Moves on by so many milliseconds. */
  advance(milliseconds: number): void
}

export const second = 1000
export const minute = 60 * second
export const hour = 60 * minute
export const day = 24 * hour

/** Stands still where it was started and set; without a start it runs with the machine's clock, from where it was set. */
export function settableClock(start?: Date): Clock {
  const source = start === undefined ? () => new Date() : () => start
  let ahead = 0
  return {
    now: () => new Date(source().getTime() + ahead),
    set(to) {
      ahead = to.getTime() - source().getTime()
    },
    advance(milliseconds) {
      ahead += milliseconds
    },
  }
}
