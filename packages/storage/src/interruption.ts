import { setMaxListeners } from 'node:events'

import { interruption } from '@bakthat/errors'

import type { Bytes } from './bytes.js'

/** Throws `INTERRUPTED`, with the signal's reason as its cause, once the signal was aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw interruption(signal)
}

/**
 * What the promise comes to, or `INTERRUPTED` as soon as the signal is aborted, for what does not heed a signal at once: a
 * client library sleeps between attempts. What the promise comes to after that is nobody's concern.
 */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise
  let onAbort: () => void = () => undefined
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => {
      reject(interruption(signal))
    }
    signal.addEventListener('abort', onAbort)
    if (signal.aborted) onAbort()
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    promise.catch(() => undefined)
    signal.removeEventListener('abort', onAbort)
  }
}

/** Aborted when one of them is. Any number of requests may listen to it, which Node would take for a leak. */
export function eitherOf(own: AbortSignal, callers: AbortSignal | undefined): AbortSignal {
  const signal = callers === undefined ? own : AbortSignal.any([own, callers])
  if (callers !== undefined) sources.set(signal, callers)
  setMaxListeners(0, signal)
  return signal
}

/** Node 20 forgets a timeout's signal that nothing but a joined one refers to, and then never aborts that. */
const sources = new WeakMap<AbortSignal, AbortSignal>()

/**
 * The same bytes, given until the signal is aborted: the reader then gets `INTERRUPTED` at once, even while the source
 * hangs, and the source is told to stop.
 */
export async function* interruptible(bytes: Bytes, signal: AbortSignal | undefined): Bytes {
  if (signal === undefined) {
    yield* bytes
    return
  }
  throwIfAborted(signal)
  const source = bytes[Symbol.asyncIterator]()
  let interrupt: (error: unknown) => void = () => undefined
  const onAbort = (): void => {
    interrupt(interruption(signal))
  }
  const next = (): Promise<IteratorResult<Uint8Array>> =>
    new Promise((resolve, reject) => {
      interrupt = reject
      source.next().then(resolve, reject)
    })
  signal.addEventListener('abort', onAbort)
  let withReader = false
  try {
    for (;;) {
      throwIfAborted(signal)
      withReader = false
      const step = await next()
      if (step.done === true) return
      withReader = true
      yield step.value
    }
  } finally {
    signal.removeEventListener('abort', onAbort)
    if (withReader || signal.aborted) await release(source, signal)
  }
}

/** A source that hangs answers `return` only when it stops hanging, so after an abort nobody waits for it. */
async function release(source: AsyncIterator<Uint8Array>, signal: AbortSignal): Promise<void> {
  const released = source.return?.()
  if (released === undefined) return
  if (signal.aborted) released.catch(() => undefined)
  else await released
}
