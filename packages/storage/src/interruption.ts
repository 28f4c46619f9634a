import { BakthatError } from '@bakthat/errors'

import type { Bytes } from './bytes.js'

/** Throws `INTERRUPTED`, with the signal's reason as its cause, once the signal was aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw interruption(signal)
}

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

function interruption(signal: AbortSignal): BakthatError {
  return new BakthatError('INTERRUPTED', 'interrupted', { cause: signal.reason })
}
