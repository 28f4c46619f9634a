import type { InferredOptionTypes, Options } from 'yargs'
import type { Context } from './context.js'
import type { Outcome } from './outcome.js'

/** An option, as yargs parses it and as help shows it. */
export interface Option extends Omit<Options, 'alias'> {
  /** One letter. */
  readonly alias?: string
  readonly group: string
  readonly description: string
  /** What its value is, in help: `FILE`. */
  readonly placeholder?: string
}

/** Options by their long names. */
export type OptionTable = Readonly<Record<string, Option>>

/** What was given on the command line: options by their long names, and the one positional argument. */
export type Given<O extends OptionTable> = Readonly<InferredOptionTypes<O>> & { readonly argument?: string }

/** One command: how it is called, and what it does. It returns data; it never prints, asks or exits by itself. */
export interface Command<O extends OptionTable = OptionTable> {
  /** What the one positional argument means. */
  readonly argument: string
  readonly options: O
  readonly examples: readonly (readonly [commandLine: string, does: string])[]
  run(given: Given<O>, context: Context): Promise<Outcome>
}

/** A command, with the types of its options inferred. */
export function defineCommand<O extends OptionTable>(command: Command<O>): Command<O> {
  return command
}
