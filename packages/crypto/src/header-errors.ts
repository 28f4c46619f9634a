import { BakthatError } from '@bakthat/errors'

/** A header that no age implementation writes: altered, cut off, or made by something else. */
export function damagedHeader(why: string, cause?: unknown): BakthatError {
  return new BakthatError('INTEGRITY', `the header of the age file is damaged or cut off: ${why}`, {
    hint: 'fetch the file again, or use another copy',
    cause,
  })
}
