import type { ConfigurationKey } from '@bakthat/config'
import { exitCodeOf } from '@bakthat/errors'
import { answer, type Outcome } from '../outcome.js'
import type { Style } from '../print/style.js'

/** Keys of profiles: what each takes, and what it is for. */
export function keysOutcome(keys: readonly ConfigurationKey[]): Outcome {
  const notes = keys.length === 0 ? ['no key is like that: bakthat config keys has them all'] : []
  return {
    document: () => keys.map(({ name, form, description }) => ({ key: name, form, description })),
    text: (style) => answer(keys.map((key) => textOf(key, style)).join(''), notes),
    exitStatus: keys.length === 0 ? exitCodeOf('NOT_FOUND') : 0,
  }
}

function textOf({ name, form, description }: ConfigurationKey, style: Style): string {
  return `${style.bold(name)}: ${form}\n  ${style.dim(description)}\n`
}
