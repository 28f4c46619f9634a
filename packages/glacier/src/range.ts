import { BakthatError } from '@bakthat/errors'
import type { RetrieveOptions } from '@bakthat/storage'

import type { Window } from './windows.js'

/** The bytes asked for; throws `INVALID_INPUT` for those outside of a blob of that size. */
export function rangeWithin(size: number, range: RetrieveOptions['range'], subject: string): Window {
  const { start, end = size } = range ?? { start: 0 }
  if (Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && start <= end && end <= size) {
    return { start, end }
  }
  throw new BakthatError('INVALID_INPUT', `${subject} has no bytes from ${start} to ${end}: it holds ${size}`)
}
