import type { Style } from './print/style.js'

/** What a command did or found, and how it is told. */
export interface Outcome {
  /** The document that `--json` prints, made only then; `undefined` properties are left out, and a `JsonText` is printed as it is. */
  readonly document: () => object
  /** What people are told, on a terminal of so many columns or without one. */
  readonly text: (style: Style, columns: number | undefined) => OutcomeText
  /** Default 0. */
  readonly exitStatus?: number
}

/** What people are told of an outcome. */
export interface OutcomeText {
  /** For standard output. */
  readonly result: string
  /** Whether the result is what the command was called for, and is printed even with `--quiet`. */
  readonly isAnswer: boolean
  /** For standard error, one a line: what is missing or damaged. */
  readonly problems: readonly string[]
  /** For standard error, one a line, unless quiet: what else was met. */
  readonly warnings: readonly string[]
  /** For standard error, unless quiet: what to know or do now. */
  readonly notes: readonly string[]
}

/** The exit status of something that was done, but not for every item. */
export const someItemsFailed = 3

/** The text of a command that did something, and reports it. */
export function report(result: string, rest: Partial<Omit<OutcomeText, 'result' | 'isAnswer'>> = {}): OutcomeText {
  return { result, isAnswer: false, problems: [], warnings: [], notes: [], ...rest }
}

/** The text of a command that was asked something, and answers. */
export function answer(result: string, notes: readonly string[] = []): OutcomeText {
  return { result, isAnswer: true, problems: [], warnings: [], notes }
}

/** Of a command that wrote all there is to say itself. */
export const nothing: Outcome = { document: () => ({}), text: () => report('') }
