// Programs whose own lib is older, and that have no types of Node, know what `using` takes by this alone.
/// <reference lib="esnext.disposable" preserve="true" />

import { setTimeout as pause } from 'node:timers/promises'

/** How time passes. */
export interface Clock {
  readonly now: () => Date
  /** Resolves after so many milliseconds, or rejects when the signal is aborted. */
  readonly pause: (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>
  readonly deadline: (seconds: number) => Deadline
}

/** A signal that is aborted after a time, unless this is disposed of before. */
export interface Deadline extends Disposable {
  readonly signal: AbortSignal
}

/** As the system has it. */
export const systemClock: Clock = {
  now: () => new Date(),
  pause: (milliseconds, signal) => pause(milliseconds, undefined, signal && { signal }),
  deadline,
}

/** Not `AbortSignal.timeout`: what that gives can be collected as garbage, and then never aborts what was combined with it. */
function deadline(seconds: number): Deadline {
  const expired = new AbortController()
  const disposed = new AbortController()
  pause(seconds * 1000, undefined, { signal: disposed.signal }).then(
    () => expired.abort(),
    () => undefined,
  )
  return { signal: expired.signal, [Symbol.dispose]: () => disposed.abort() }
}
