import { BakthatError } from '@bakthat/errors'
import { checkBlobName, isBlobName } from '@bakthat/storage'

import { isReserved } from './leftovers.js'

/** Throws `INVALID_INPUT` for what cannot be a blob's name here: the contract's rule, and the names that `put` works with. */
export function checkLocalName(name: string): void {
  checkBlobName(name)
  if (isLocalName(name)) return
  throw new BakthatError('INVALID_INPUT', `${name} is a name for unfinished blobs`, { hint: 'choose another name' })
}

export function isLocalName(name: string): boolean {
  return isBlobName(name) && !isReserved(name.slice(name.lastIndexOf('/') + 1))
}
