import { BakthatError } from './bakthat-error.js'

/**
 * A list that was given, or an empty one. `INVALID_INPUT` for a text, which a caller in JavaScript may give: every letter of it
 * would be an item, and among patterns the letter `*` leaves everything out. `name` is that of the option.
 */
export function givenList<T>(name: string, given: readonly T[] | undefined): readonly T[] {
  if (given === undefined) return []
  const isList: boolean = Array.isArray(given)
  if (isList) return given
  throw new BakthatError('INVALID_INPUT', `${name} is not a list`, { hint: `give an array: ${name}: [ … ]` })
}
