import type { Node } from './node.js'
import type { PathResolver } from './paths.js'

/** A value that was understood, or why it was not. */
export type Reading = { readonly value: unknown } | Refused

export interface Refused {
  readonly value?: undefined
  /** Each is a mistake of its own; never empty. */
  readonly refusals: readonly Refusal[]
}

export interface Refusal {
  /** What more there is to say after `must be …`; never holds the value. */
  readonly advice: string | undefined
  /** The line at fault, where it is not the value's own. */
  readonly line?: number | undefined
}

/** What may stand as the value of a key. */
export interface ValueKind {
  /** Said after `must be`: `a whole number from 0`. */
  readonly form: string
  /** Whether it is a path, or several. */
  readonly isPath: boolean
  read(node: Node, resolvePath: PathResolver): Reading
}

export function accept(value: unknown): Reading {
  return { value }
}

export function refuse(advice?: string): Refused {
  return { refusals: [{ advice }] }
}

export function isRefused(reading: Reading): reading is Refused {
  return 'refusals' in reading
}
