import { BakthatError, isBakthatError } from '@bakthat/plugin-sdk'
import type { Clock } from './clock.js'
import type { Facts } from './facts.js'
import type { Target } from './target.js'

/** How long all attempts of one message to one target may take together. */
export const patienceSeconds = 20

/** Between attempts. What was not there for a moment is there again; longer outages are not waited for. */
const pauses = [1, 4]

/**
 * Sends a message, up to three times where it did not go well and may another time, and rejects with the last failure. A target
 * that hangs is not tried again: it may have got the message.
 */
export async function deliver(target: Target, facts: Facts, clock: Clock, stop: AbortSignal): Promise<void> {
  const signal = AbortSignal.any([stop, clock.deadline(patienceSeconds)])
  for (const seconds of pauses) {
    try {
      await attempt(target, facts, signal)
      return
    } catch (error) {
      if (signal.aborted || !isBakthatError(error, 'UNAVAILABLE')) throw error
      await clock.pause(seconds, signal).catch(() => Promise.reject(error as Error))
    }
  }
  await attempt(target, facts, signal)
}

async function attempt({ label, send }: Target, facts: Facts, signal: AbortSignal): Promise<void> {
  try {
    await send(facts, signal)
  } catch (error) {
    if (!signal.aborted) throw error
    throw new BakthatError('UNAVAILABLE', `${label} gave no answer within ${patienceSeconds} s`, { cause: error })
  }
}
