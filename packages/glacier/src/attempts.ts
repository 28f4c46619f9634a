import { setTimeout as wait } from 'node:timers/promises'

import { isBakthatError, type ErrorCode } from '@bakthat/errors'
import { throwIfAborted } from '@bakthat/storage'

import type { GlacierOptions } from './options.js'

/**
 * Tries what the SDK cannot try again, because a stream is read once: with growing, jittered pauses, as often as the
 * options allow, while it fails with one of these codes.
 */
export async function withAttempts<T>(
  { attempts = 10, pause = sleep }: GlacierOptions,
  signal: AbortSignal,
  codes: readonly ErrorCode[],
  attempt: () => Promise<T>,
): Promise<T> {
  for (let count = 1; ; count++) {
    try {
      return await attempt()
    } catch (error) {
      throwIfAborted(signal)
      if (!isBakthatError(error, ...codes) || count >= attempts) throw error
      await unlessInterrupted(pause(Math.random() * Math.min(20_000, 100 * 2 ** count), signal), signal)
    }
  }
}

async function unlessInterrupted(pausing: Promise<void>, signal: AbortSignal): Promise<void> {
  try {
    await pausing
  } catch (error) {
    throwIfAborted(signal)
    throw error
  }
}

async function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  await wait(milliseconds, undefined, signal === undefined ? {} : { signal })
}
