/** What may stand as a value, whether it was written in YAML or handed over as an object. */
export type Node = Scalar | List | Mapping | Empty | Unusable

interface Common {
  /** The line that it stands on, from 1; `undefined` in an object. */
  readonly line: number | undefined
  /** The value as JavaScript has it, for keys whose meaning is not known here. */
  plain(): unknown
}

export interface Scalar extends Common {
  readonly kind: 'scalar'
  /** The text as written; `undefined` for what was handed over as a number or boolean. */
  readonly text: string | undefined
}

export interface List extends Common {
  readonly kind: 'list'
  items(): readonly Node[]
}

export interface Mapping extends Common {
  readonly kind: 'mapping'
  /** No key comes twice. */
  entries(): readonly Entry[]
}

export interface Empty extends Common {
  readonly kind: 'empty'
  /** Whether it was written as `~`, which in YAML means nothing, and to most people their home. */
  readonly isTilde: boolean
}

export interface Unusable extends Common {
  readonly kind: 'unusable'
  /** What is the matter, to be said after the name of the key. */
  readonly problem: string
}

export interface Entry {
  readonly key: string
  readonly line: number | undefined
  readonly node: Node
}

/**
 * A key that can be repeated in a message: in small letters, as all keys are. Anything longer or stranger, or with capitals
 * as generated secrets have them, may be a slip of the pen that holds a secret.
 */
export function isPresentable(key: string): boolean {
  return /^[a-z][a-z0-9_.-]{0,29}$/.test(key)
}
