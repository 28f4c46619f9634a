import { BakthatError } from '@bakthat/errors'
import type { Password } from './contract.js'

/**
 * `INVALID_INPUT` for what is no password. An empty one, or `null`, comes from where one should have been, more likely than it was
 * meant: a person who wants none answers the question with nothing.
 */
export function refuseNoPassword(given: Password | undefined): void {
  if (given !== '' && ['undefined', 'string', 'function'].includes(typeof given)) return
  throw new BakthatError('INVALID_INPUT', given === '' ? 'the password is empty' : 'the password is not a text', {
    hint: 'leave it out to encrypt as the profile says, or not at all',
  })
}
