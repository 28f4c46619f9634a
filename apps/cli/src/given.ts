import type { OpenOptions } from 'bakthat'

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

/** The same without what is `undefined`: an option that was not given is left to its default. */
export function defined<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>
}

/** Which settings the command line asks for. */
export function settingsOf(given: {
  readonly config?: string | undefined
  readonly profile?: string | undefined
  readonly 'no-plugins'?: boolean | undefined
}): OpenOptions {
  return defined({
    config: given.config,
    profile: given.profile,
    plugins: given['no-plugins'] === true ? false : undefined,
  })
}

/** A pattern that was given by itself, for those who read it as a line of a file, where `#` begins a comment. */
export function patternLine(given: string): string {
  return given.startsWith('#') ? `\\${given}` : given
}

/** Tags as people write them: separated by spaces or commas, in one argument or several. */
export function splitTags(written: readonly string[]): readonly string[] {
  return written.flatMap((text) => text.split(/[\s,]+/)).filter((tag) => tag !== '')
}
