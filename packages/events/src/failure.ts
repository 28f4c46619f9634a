import { isBakthatError, messageOf } from '@bakthat/errors'

/** Why something failed, as listeners are told. */
export interface Failure {
  /** A code of `@bakthat/errors`, or `UNEXPECTED`. */
  readonly code: string
  readonly message: string
  readonly hint?: string
}

/** What is told of anything that was thrown. */
export function failureOf(thrown: unknown): Failure {
  if (!isBakthatError(thrown)) return { code: 'UNEXPECTED', message: messageOf(thrown) }
  const { code, message, hint } = thrown
  return { code, message, ...(hint !== undefined && { hint }) }
}
