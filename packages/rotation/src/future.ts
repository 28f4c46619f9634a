/** Milliseconds that a date may be ahead though no clock is wrong: backups of one second are given those that follow it. */
const usualAdvance = 60_000

/**
 * Whether a backup is of a clock that was wrong: dated more than a minute after `now`. For telling people of it; a rotation
 * counts nothing that is ahead at all.
 */
export function isFromTheFuture(date: Date, now: Date): boolean {
  return date.getTime() - now.getTime() > usualAdvance
}
