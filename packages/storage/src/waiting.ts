import type { Availability, CallOptions, Ticket } from './backend.js'
import { throwIfAborted } from './interruption.js'
import { pauseFor, type Pause } from './pause.js'

export type Ready<T> = Extract<Availability<T>, { state: 'ready' }>
export type Pending = Extract<Availability<never>, { state: 'pending' }>

export interface WaitOptions extends CallOptions {
  readonly pause: Pause
  /** The ticket of an earlier answer, to go on waiting with. */
  readonly ticket?: Ticket
  /** Seconds between two questions. Default 60; every question may cost a request. */
  readonly everySeconds?: number
  /** Told of the first ticket and of every one that replaces it, before the pause: the place to remember it. */
  readonly onPending?: (answer: Pending) => Promise<void> | void
}

/**
 * Asks again and again, handing back the last ticket, until the answer is ready. Whatever `ask` rejects with comes out;
 * an aborted signal rejects with `INTERRUPTED` and loses nothing, for the ticket stays good.
 *
 * @example
 * ```ts
 * import { setTimeout } from 'node:timers/promises'
 * import { waitUntilReady, type Availability } from '@bakthat/storage'
 *
 * const answers: Availability<string>[] = [{ state: 'pending', ticket: 'job-1' }, { state: 'ready', value: 'thawed' }]
 * const ready = await waitUntilReady(async () => answers.shift()!, { pause: (ms) => setTimeout(ms), everySeconds: 0 })
 * console.log(ready.value)
 * ```
 */
export async function waitUntilReady<T>(
  ask: (ticket: Ticket | undefined) => Promise<Availability<T>>,
  options: WaitOptions,
): Promise<Ready<T>> {
  const { pause, signal, everySeconds = 60, onPending } = options
  let ticket = options.ticket
  for (;;) {
    throwIfAborted(signal)
    const answer = await ask(ticket)
    if (answer.state === 'ready') return answer
    if (answer.ticket !== ticket) await onPending?.(answer)
    ticket = answer.ticket
    await pauseFor(everySeconds * 1000, signal, pause)
  }
}
