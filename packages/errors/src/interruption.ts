import { BakthatError } from './bakthat-error.js'

/** What a call rejects with that was called off: `INTERRUPTED`, with the signal's reason as its cause. */
export function interruption(signal?: AbortSignal): BakthatError {
  return new BakthatError('INTERRUPTED', 'interrupted', { cause: signal?.reason })
}
