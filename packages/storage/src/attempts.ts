import { isBakthatError, type ErrorCode } from '@bakthat/errors'

import { throwIfAborted } from './interruption.js'
import { pauseFor, type Pause } from './pause.js'

export interface AttemptOptions {
  /** How often it is tried at most. Default 10. */
  readonly attempts?: number
  /** The failures after which it is tried again. Default `UNAVAILABLE` alone. */
  readonly codes?: readonly ErrorCode[]
  /** Waits before the next attempt. Default: the system's timer. */
  readonly pause?: Pause
}

export const defaultAttempts = 10

/**
 * Tries what a client library cannot try again by itself, because a stream is read once: with growing, jittered pauses of
 * at most 20 seconds. Rejects as the last attempt did, or with `INTERRUPTED` once the signal is aborted.
 */
export async function withAttempts<T>(
  { attempts = defaultAttempts, codes = ['UNAVAILABLE'], pause }: AttemptOptions,
  signal: AbortSignal | undefined,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let count = 1; ; count++) {
    try {
      return await attempt()
    } catch (error) {
      throwIfAborted(signal)
      if (!isBakthatError(error, ...codes) || count >= attempts) throw error
      await pauseFor(Math.random() * Math.min(20_000, 100 * 2 ** count), signal, pause)
    }
  }
}
