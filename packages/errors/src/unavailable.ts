import { BakthatError } from './bakthat-error.js'
import { systemCodeOf } from './system-code.js'

const meanings = new Map<string | undefined, { readonly what: string; readonly hint: string }>([
  ['EIO', { what: 'cannot be read or written: the device reports an error', hint: 'check the disk and its cables' }],
  ['ESTALE', { what: 'lies on a server that forgot it', hint: 'mount the directory again' }],
  ['EMFILE', { what: 'cannot be opened: too many files are open', hint: 'raise the limit with ulimit -n' }],
  ['ENFILE', { what: 'cannot be opened: too many files are open', hint: 'close other programs' }],
])

/**
 * What a user is told where a file is as it should be, but a device, a server or a limit of the system keeps it from being
 * used: `UNAVAILABLE`, with a hint. `undefined` for any other failure. `subject` begins the message: a path, or what is there.
 */
export function unavailableOf(error: unknown, subject: string): BakthatError | undefined {
  const meaning = meanings.get(systemCodeOf(error))
  if (meaning === undefined) return undefined
  return new BakthatError('UNAVAILABLE', `${subject} ${meaning.what}`, { hint: meaning.hint, cause: error })
}
