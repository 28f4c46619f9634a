import type { Context } from './context.js'
import type { Outcome } from './outcome.js'

/** How an option is given: alone, with a word once, with a word any number of times, with a number once. */
export type OptionKind = 'flag' | 'value' | 'values' | 'amount'

/** An option, as it is parsed and as help shows it. */
export interface Option {
  readonly kind: OptionKind
  /** The title under which help shows it. */
  readonly group: string
  readonly description: string
  /** One letter. */
  readonly alias?: string
  /** What its value is, in help: `FILE`. */
  readonly placeholder?: string
  /** The only words that it takes. */
  readonly choices?: readonly string[]
}

/** Options by their long names. */
export type OptionTable = Readonly<Record<string, Option>>

type ValueOf<O extends Option> = O['kind'] extends 'flag'
  ? boolean
  : O['kind'] extends 'amount'
    ? number
    : O['kind'] extends 'values'
      ? readonly string[]
      : O extends { readonly choices: readonly (infer Choice)[] }
        ? Choice
        : string

/** What was given on the command line: options by their long names, and the one positional argument. */
export type Given<O extends OptionTable> = { readonly [Name in keyof O]?: ValueOf<O[Name]> | undefined } & {
  readonly argument?: string
}

/** One command: how it is called, and what it does. It returns data; it never prints, asks or exits by itself. */
export interface Command<O extends OptionTable = OptionTable> {
  /** What the one positional argument means; `undefined` for a command that takes none. */
  readonly argument?: string
  readonly options: O
  readonly examples: readonly (readonly [commandLine: string, does: string])[]
  run(given: Given<O>, context: Context): Promise<Outcome>
}

/** A command, with the types of its options inferred. */
export function defineCommand<const O extends OptionTable>(command: Command<O>): Command<O> {
  return command
}
