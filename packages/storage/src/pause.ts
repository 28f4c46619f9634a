import { setTimeout as wait } from 'node:timers/promises'

import { throwIfAborted } from './interruption.js'

/** Resolves after so many milliseconds, or rejects when the signal is aborted: `setTimeout` of `node:timers/promises`. */
export type Pause = (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>

/** Pauses; an aborted signal rejects with `INTERRUPTED`. */
export async function pauseFor(
  milliseconds: number,
  signal: AbortSignal | undefined,
  pause: Pause = systemPause,
): Promise<void> {
  try {
    await pause(milliseconds, signal)
  } catch (error) {
    throwIfAborted(signal)
    throw error
  }
}

async function systemPause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  await wait(milliseconds, undefined, signal === undefined ? {} : { signal })
}
