import { BakthatError, isBakthatError } from '@bakthat/errors'
import { checkBlobName } from '@bakthat/storage'

import { isReserved } from './leftovers.js'

/** Throws `INVALID_INPUT` for what cannot be a blob's name here: the contract's rule, and the names that `put` works with. */
export function checkLocalName(name: string): void {
  checkBlobName(name)
  if (!isReserved(name.slice(name.lastIndexOf('/') + 1))) return
  throw new BakthatError('INVALID_INPUT', `${name} is a name for unfinished blobs`, { hint: 'choose another name' })
}

export function isBlobName(name: string): boolean {
  try {
    checkLocalName(name)
    return true
  } catch (error) {
    if (isBakthatError(error, 'INVALID_INPUT')) return false
    throw error
  }
}
