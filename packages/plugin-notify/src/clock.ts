import { setTimeout as pause } from 'node:timers/promises'

/** How time passes. */
export interface Clock {
  readonly now: () => Date
  /** Aborted after so many seconds. */
  readonly deadline: (seconds: number) => AbortSignal
  /** Resolves after so many seconds, or rejects when the signal is aborted. */
  readonly pause: (seconds: number, signal: AbortSignal) => Promise<void>
}

/** As the system has it. */
export const systemClock: Clock = {
  now: () => new Date(),
  deadline: (seconds) => AbortSignal.timeout(seconds * 1000),
  pause: (seconds, signal) => pause(seconds * 1000, undefined, { signal }),
}
