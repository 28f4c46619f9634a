import { BakthatError } from '@bakthat/errors'
import type { RetrieveOptions } from '@bakthat/storage'

export interface Range {
  readonly start: number
  /** Exclusive. */
  readonly end: number
}

/** The bytes asked for; throws `INVALID_INPUT` for those outside of a blob of that size. */
export function rangeWithin(size: number, range: RetrieveOptions['range'], subject: string): Range {
  const { start, end = size } = range ?? { start: 0 }
  if (Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && start <= end && end <= size) {
    return { start, end }
  }
  throw new BakthatError('INVALID_INPUT', `${subject} has no bytes from ${start} to ${end}: it holds ${size}`)
}

/** The range in pieces of at most `size` bytes. */
export function* piecesOf({ start, end }: Range, size: number): Generator<Range, void> {
  for (let from = start; from < end; from += size) yield { start: from, end: Math.min(end, from + size) }
}
