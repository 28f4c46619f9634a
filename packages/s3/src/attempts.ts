import { setTimeout as wait } from 'node:timers/promises'

import { isBakthatError } from '@bakthat/errors'
import { throwIfAborted } from '@bakthat/storage'

import type { S3Options } from './options.js'
import type { Throttle } from './throttle.js'

/**
 * Tries what the SDK cannot try again, because a stream is read once: with growing, jittered pauses, as often as the
 * options allow, while it fails with `UNAVAILABLE`.
 */
export async function withAttempts<T>(
  options: S3Options,
  signal: AbortSignal,
  attempt: () => Promise<T>,
  attempts = attemptsOf(options),
): Promise<T> {
  for (let count = 1; ; count++) {
    try {
      return await attempt()
    } catch (error) {
      throwIfAborted(signal)
      if (!isBakthatError(error, 'UNAVAILABLE') || count >= attempts) throw error
      await pausing(options, Math.random() * Math.min(20_000, 100 * 2 ** count), signal)
    }
  }
}

/** How often one request is tried. */
export function attemptsOf({ attempts = 10 }: S3Options): number {
  return attempts
}

/** Waits; an aborted signal rejects with `INTERRUPTED`. */
export async function pausing({ pause = sleep }: S3Options, milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await pause(milliseconds, signal)
  } catch (error) {
    throwIfAborted(signal)
    throw error
  }
}

/** Takes bytes out of what the limit allows, and waits until they may go on their way. */
export async function pace(
  throttle: Throttle | undefined,
  options: S3Options,
  bytes: number,
  signal: AbortSignal,
): Promise<void> {
  const wait = throttle?.take(bytes) ?? 0
  if (wait > 0) await pausing(options, wait, signal)
}

async function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  await wait(milliseconds, undefined, signal === undefined ? {} : { signal })
}
