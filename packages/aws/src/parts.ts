import type { ErrorCode } from '@bakthat/errors'

/** Bytes of the largest part that is sent as one buffer. */
export function contiguousBytesOf({ contiguousBytes = 1024 ** 3 }: { readonly contiguousBytes?: number }): number {
  return contiguousBytes
}

/** A part follows upon work of hours: it is tried so many times as often as other requests before all is given up. */
export const partPerseverance = 3

/** What a part may fail with and be sent again: what arrived damaged is refused as a whole. */
export const passingFailures: readonly ErrorCode[] = ['UNAVAILABLE', 'INTEGRITY']
