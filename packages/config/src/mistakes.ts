import { BakthatError } from '@bakthat/errors'

interface Mistake {
  readonly line: number | undefined
  readonly text: string
}

/**
 * Collects what is wrong with one source, so that a user hears of it all at once. Says where and what, and never repeats
 * a value: it may be a secret that stands in the wrong place.
 */
export class Mistakes {
  /** The file's path, or `conf`. */
  readonly source: string
  readonly #found = new Map<string, Mistake>()
  #end = Infinity

  constructor(source: string) {
    this.source = source
  }

  /**
   * Notes a mistake of `label` (a key with its profile, or the part of the file that is meant). What several profiles
   * share by an alias is told once.
   */
  add(line: number | undefined, label: string, problem: string): void {
    if (line !== undefined && line >= this.#end) return
    const identity = line === undefined ? label + problem : `${line} ${label.replace(/^.*\./, '')} ${problem}`
    if (!this.#found.has(identity)) this.#found.set(identity, { line, text: `${label} ${problem}` })
  }

  /** Notes that something is missing: of a source that could be read to its end, for it might have come there. */
  addMissing(line: number | undefined, label: string, problem: string): void {
    if (this.#end === Infinity) this.add(line, label, problem)
  }

  /** Takes no more mistakes from this line on: what is there cannot be read, so that nothing certain can be said of it. */
  ignoreFrom(line: number): void {
    this.#end = line
  }

  /** Throws `INVALID_CONFIG` that lists every mistake in the order of the lines; does nothing when there is none. */
  throwIfAny(): void {
    const [first, ...others] = [...this.#found.values()].sort((a, b) => (a.line ?? 0) - (b.line ?? 0))
    if (first === undefined) return
    const told = [first, ...others].map((mistake) => this.#tell(mistake))
    const list = told.map((line) => `\n  ${line}`).join('')
    const message = told.length === 1 ? told[0]! : `the configuration has ${told.length} mistakes:${list}`
    throw new BakthatError('INVALID_CONFIG', message, {
      hint: 'mend what is listed; bakthat config keys tells of every key',
    })
  }

  #tell({ line, text }: Mistake): string {
    return line === undefined ? text : `${this.source}:${line}: ${text}`
  }
}
