import { refusesEverything } from '@bakthat/aws'
import { BakthatError, isBakthatError } from '@bakthat/errors'
import type { Finding } from '@bakthat/storage'

/** What something that was tried out came to. */
export type Outcome<T> = { readonly value: T } | { readonly error: BakthatError }

/** Rejects only with `INTERRUPTED`: every other failure is something to tell of. */
export async function outcomeOf<T>(call: Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await call }
  } catch (error) {
    if (isBakthatError(error, 'INTERRUPTED')) throw error
    if (isBakthatError(error)) return { error }
    return { error: new BakthatError('UNAVAILABLE', `failed: ${String(error)}`, { cause: error }) }
  }
}

/** Findings about one subject. */
export function about(
  subject: string,
): Readonly<Record<Finding['verdict'], (found: string, consequence: string) => Finding>> {
  const finding =
    (verdict: Finding['verdict']) =>
    (found: string, consequence: string): Finding => ({ subject, verdict, found, consequence })
  return { good: finding('good'), note: finding('note'), problem: finding('problem') }
}

/** Whether these credentials were refused what was tried, and not everything. */
export function isOfItself(error: BakthatError): boolean {
  return error.code === 'PERMISSION_DENIED' && !refusesEverything(error)
}

/** A failure as a finding: what these credentials may not do is worth knowing, everything else is a problem. */
export function failed(subject: string, error: BakthatError, consequence: string): Finding {
  const { note, problem } = about(subject)
  if (isOfItself(error)) return note('not allowed', consequence)
  return problem(error.message, error.hint ?? consequence)
}
