import yargsParser from 'yargs-parser'
import type { OptionKind, OptionTable } from './command.js'

/** The words of a command line, told apart but not checked. */
export interface Parsed {
  /** Words that belong to no option, and all that follow `--`. */
  readonly words: readonly string[]
  /** Options by their long names, as they were given; unknown ones too. */
  readonly options: Readonly<Record<string, unknown>>
  /** The option that lacks its value. */
  readonly unfinished: string | undefined
  /** The flag that was given a value, such as `--dry-run=yes`. */
  readonly overfilled: string | undefined
}

/** Tells options, their values and other words apart. */
export function parseWords(argv: readonly string[], table: OptionTable): Parsed {
  const named = (...kinds: readonly OptionKind[]): string[] =>
    Object.keys(table).filter((name) => kinds.includes(table[name]!.kind))
  const aliases = Object.entries(table).flatMap(([name, { alias }]) => (alias === undefined ? [] : [[name, [alias]]]))
  const { argv: parsed, error } = yargsParser.detailed([...argv], {
    alias: Object.fromEntries(aliases) as Record<string, string[]>,
    boolean: named('flag'),
    string: named('value', 'values'),
    array: named('values'),
    number: named('amount'),
    narg: Object.fromEntries([
      // Not a number: a value is required, and one that begins with a dash is not taken for it.
      ...named('value', 'values', 'amount').map((name) => [name, NaN]),
      // A flag that took a value would be off for most of them, also for `--dry-run=yes`.
      ...named('flag').map((name) => [name, 0]),
    ]) as Record<string, number>,
    configuration: {
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'greedy-arrays': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'strip-aliased': true,
    },
  })
  const { _: words, ...options } = parsed
  const blamed = (complaint: RegExp): string | undefined => complaint.exec(error?.message ?? '')?.[1]
  return {
    words: words.map(String),
    options,
    unfinished: blamed(/^Not enough arguments following: (.*)$/),
    overfilled: blamed(/^Argument unexpected for: (.*)$/),
  }
}
