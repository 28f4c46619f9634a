import { answer, type Outcome } from '../outcome.js'

/** A document in the store's own language, to be handed to it: the same with and without `--json`. */
export function policyOutcome(policy: object): Outcome {
  return { document: () => policy, text: () => answer(`${JSON.stringify(policy, undefined, 2)}\n`) }
}
