import { BakthatError, withAttempts } from '@bakthat/plugin-sdk'
import type { Clock } from './clock.js'
import type { Facts } from './facts.js'
import type { Target } from './target.js'

/** How long all attempts of one message to one target may take together: less than the 30 s that a handler is waited for. */
const patienceSeconds = 20

/** With growing pauses, which are some seconds together: longer outages are not waited for. */
const attempts = 6

/**
 * Sends a message, again and again where it did not go well and may another time, and rejects as the last attempt did. A target that
 * hangs is not tried again: it may have got the message.
 */
export async function deliver({ label, send }: Target, facts: Facts, clock: Clock, stop: AbortSignal): Promise<void> {
  using deadline = clock.deadline(patienceSeconds)
  const signal = AbortSignal.any([stop, deadline.signal])
  try {
    await withAttempts({ attempts, pause: clock.pause }, signal, () => send(facts, signal))
  } catch (cause) {
    if (!signal.aborted) throw cause
    throw new BakthatError('UNAVAILABLE', `${label} gave no answer within ${patienceSeconds} s`, { cause })
  }
}
