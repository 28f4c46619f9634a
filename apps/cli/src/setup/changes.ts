import { resolve } from 'node:path'
import type { Conf } from 'bakthat'
import type { Interview } from '../interview.js'

/** Keys of a profile to set; one with `undefined` is taken out. */
export type Changes = { readonly [Key in keyof Conf]?: Conf[Key] | undefined }

/** Whom a step of the wizard can ask, and what the profile says by now. */
export interface Step {
  /** `undefined` where nobody can be asked: then what was not given stays as it is. */
  readonly interview: Interview | undefined
  readonly conf: Conf
}

/** A profile with changes made to it. */
export function changed(conf: Conf, changes: Changes): Conf {
  const entries = Object.entries({ ...conf, ...changes }).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries)
}

/** A path that means the same from the directory of the configuration as from the current one. */
export function lastingPath(path: string): string {
  return /^~(?:\/|$)/.test(path) ? path : resolve(path)
}

/** For a question that needs an answer. */
export function needed(line: string): string | undefined {
  return line === '' ? 'this is needed' : undefined
}
