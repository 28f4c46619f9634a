import { BakthatError } from '@bakthat/errors'

import type { RetrieveOptions } from './backend.js'

/** Bytes from `start` to before `end`. */
export interface ByteRange {
  readonly start: number
  /** Exclusive. */
  readonly end: number
}

/** The bytes that are asked for, of a blob of that size: all of them without a range. Throws `INVALID_INPUT` for those outside of it. */
export function rangeWithin(size: number, range: RetrieveOptions['range'], subject: string): ByteRange {
  const { start, end = size } = range ?? { start: 0 }
  if (Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && start <= end && end <= size) {
    return { start, end }
  }
  throw new BakthatError('INVALID_INPUT', `${subject} has no bytes from ${start} to ${end}: it holds ${size}`)
}

/** The range in pieces of at most `size` bytes. */
export function* piecesOf({ start, end }: ByteRange, size: number): Generator<ByteRange, void> {
  for (let from = start; from < end; from += size) yield { start: from, end: Math.min(end, from + size) }
}
