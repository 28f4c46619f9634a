import type { Argument, Given, Option as TypedOption, OptionKind, Words } from '@bakthat/plugin-sdk'
import type { Context } from './context.js'
import type { Outcome } from './outcome.js'

export type { Argument, Given, OptionKind, Words }

/** An option, as it is parsed and as help shows it. */
export interface Option extends TypedOption {
  /** The title under which help shows it. */
  readonly group: string
}

/** Options by their long names. */
export type OptionTable = Readonly<Record<string, Option>>

/** One command: how it is called, and what it does. It returns data; it never prints, asks or exits by itself. */
export interface Command<O extends OptionTable = OptionTable, A extends readonly Argument[] = readonly Argument[]> {
  /** The required ones first; `rest`, if any, last. */
  readonly arguments: A
  readonly options: O
  readonly examples: readonly (readonly [commandLine: string, does: string])[]
  run(given: Given<O>, context: Context, words: Words<A>): Promise<Outcome>
}

/** A command, with the types of its options and arguments inferred. */
export function defineCommand<const O extends OptionTable, const A extends readonly Argument[]>(
  command: Command<O, A>,
): Command {
  return command
}
