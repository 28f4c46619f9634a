/** How an option is given: alone, with a word once, with a word any number of times, with a number once. */
export type OptionKind = 'flag' | 'value' | 'values' | 'amount'

/** An option, as it is parsed and as help shows it. */
export interface Option {
  readonly kind: OptionKind
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

/** An argument: a word after the name of the command that belongs to no option, or with `rest` all that are left. */
export interface Argument {
  readonly kind: 'required' | 'optional' | 'rest'
  /** As help and messages call it: `name`. */
  readonly name: string
  readonly description: string
}

type ValueOf<O extends Option> = O['kind'] extends 'flag'
  ? boolean
  : O['kind'] extends 'amount'
    ? number
    : O['kind'] extends 'values'
      ? readonly string[]
      : O extends { readonly choices: readonly (infer Choice)[] }
        ? Choice
        : string

type WordsOf<K extends Argument['kind']> = K extends 'required'
  ? string
  : K extends 'optional'
    ? string | undefined
    : readonly string[]

/** The options that were given on the command line, by their long names. */
export type Given<O extends OptionTable> = { readonly [Name in keyof O]?: ValueOf<O[Name]> | undefined }

/** The arguments that were given, in the order of their definition. */
export type Words<A extends readonly Argument[]> = { readonly [Index in keyof A]: WordsOf<A[Index]['kind']> }

/** What a plugin's command did or found. */
export interface CommandOutcome {
  /** What people are told, on standard output. */
  readonly text: string
  /** What `--json` prints instead. Default: an object with the text. */
  readonly document?: object
  /** Default 0. */
  readonly exitStatus?: number
}

/** A command that a plugin gives to `bakthat`. It returns data; it does not print or exit by itself. */
export interface PluginCommand<
  O extends OptionTable = OptionTable,
  A extends readonly Argument[] = readonly Argument[],
> {
  /** A word of small letters, digits and hyphens, or two of them. */
  readonly name: string
  /** What it does, in one line. */
  readonly summary: string
  /** The required ones first; `rest`, if any, last. */
  readonly arguments?: A
  /** Not those that every command has, as its `--help` tells: one that has them anyway cannot be run. */
  readonly options?: O
  readonly examples?: readonly (readonly [commandLine: string, does: string])[]
  /** `signal`: aborted when somebody wants it to stop. */
  run(
    given: Given<O>,
    words: Words<A>,
    call: { readonly signal: AbortSignal },
  ): CommandOutcome | Promise<CommandOutcome>
}

/** A command, with the types of its options and arguments inferred. */
export function defineCommand<const O extends OptionTable = OptionTable, const A extends readonly Argument[] = []>(
  command: PluginCommand<O, A>,
): PluginCommand {
  return command
}
