import { BakthatError } from '@bakthat/errors'

/** What a project is called, in each place that has rules of its own for names. */
export interface ProjectName {
  /** `cold-shelf`: the directory, and the destination of a backend. */
  readonly word: string
  /** `bakthat-plugin-cold-shelf`. */
  readonly package: string
  /** `ColdShelfPlugin`. */
  readonly className: string
  /** `cold_shelf_`: what the keys of the profile begin with. */
  readonly keyPrefix: string
}

/** Destinations that Bakthat has by itself. */
const taken = ['local', 's3', 'glacier']

/** A name that is good in all of these places. `INVALID_INPUT` for any other. */
export function projectNameOf(word: string, backend: boolean): ProjectName {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(word) || word.length > 60)
    throw new BakthatError('INVALID_INPUT', `a plugin cannot be named ${JSON.stringify(word.slice(0, 80))}`, {
      hint: 'take small letters and digits, words joined by hyphens, 60 characters at most: cold-shelf',
    })
  if (backend && taken.includes(word))
    throw new BakthatError('INVALID_INPUT', `${word} is a destination that Bakthat has already`, {
      hint: 'take another name: it is what -d will take',
    })
  return {
    word,
    package: `bakthat-plugin-${word}`,
    className: `${word.split('-').map(capitalised).join('')}Plugin`,
    keyPrefix: `${word.replaceAll('-', '_')}_`,
  }
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
