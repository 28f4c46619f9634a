import { BakthatError } from '@bakthat/errors'
import type { Password } from './contract.js'

/**
 * A list that was given, or an empty one. `INVALID_INPUT` for a text, which a caller in JavaScript may give: every letter of it
 * would be an item, and among patterns the letter `*` leaves everything out.
 */
export function givenList<T>(name: string, given: readonly T[] | undefined): readonly T[] {
  if (given === undefined) return []
  const isList: boolean = Array.isArray(given)
  if (isList) return given
  throw new BakthatError('INVALID_INPUT', `${name} is not a list`, { hint: `give an array: ${name}: [ … ]` })
}

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
