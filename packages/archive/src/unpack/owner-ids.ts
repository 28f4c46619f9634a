import { readOwnerNames } from '../pack/owner-names.js'

/** Numbers by name from a file like `/etc/passwd`: of several of one name the first. */
export function idsByName(file: string): ReadonlyMap<string, number> {
  return new Map([...readOwnerNames(file)].reverse().map(([id, name]) => [name, id]))
}
