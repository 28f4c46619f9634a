import { interruption } from '@bakthat/errors'
import type { EventMap, EventName } from './event-map.js'

/** Called with a copy of the event's data. `signal` is aborted as soon as nobody waits for the handler any more. */
export type Handler<Name extends EventName> = (event: EventMap[Name], call: { readonly signal: AbortSignal }) => unknown

export interface HandlerOptions {
  /** How long an action waits for the handler: more than 0, and `Infinity` for as long as it takes. Default 30. */
  readonly timeoutSeconds?: number
}

/** A handler as it was registered. */
export interface Listener<Name extends EventName> extends HandlerOptions {
  readonly handler: Handler<Name>
  /** The plugin that it belongs to. */
  readonly owner: string | undefined
}

/** Resolves after so many milliseconds, or rejects when the signal is aborted. The process need not live that long if `ref` is false. */
export type Pause = (milliseconds: number, signal: AbortSignal, ref?: boolean) => Promise<void>

const usualTimeoutSeconds = 30

/** Timers of more milliseconds, some 25 days, fire at once: https://nodejs.org/api/timers.html#settimeoutcallback-delay-args */
const longestTimer = 2 ** 31 - 1

/**
 * Calls a handler and waits for it: until it took too long, or (`INTERRUPTED`) until the action's signal is aborted. Then this
 * rejects, and the handler, which its own signal tells, is left to itself.
 */
export async function callListener<Name extends EventName>(
  { handler, timeoutSeconds = usualTimeoutSeconds }: Listener<Name>,
  event: EventMap[Name],
  pause: Pause,
  signal?: AbortSignal,
): Promise<void> {
  const patience = new AbortController()
  const settled = new AbortController()
  const stop = (): void => patience.abort(interruption(signal))
  signal?.addEventListener('abort', stop)
  if (signal?.aborted === true) stop()
  if (timeoutSeconds * 1000 <= longestTimer)
    pause(timeoutSeconds * 1000, settled.signal).then(
      () => patience.abort(new Error(`it gave no answer within ${timeoutSeconds} s`)),
      () => undefined,
    )
  try {
    patience.signal.throwIfAborted()
    await Promise.race([endOf(patience.signal), handler(structuredClone(event), { signal: patience.signal })])
  } finally {
    settled.abort()
    signal?.removeEventListener('abort', stop)
  }
}

function endOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
}
