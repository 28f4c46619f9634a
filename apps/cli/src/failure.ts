import { exitCodeOf, isBakthatError } from '@bakthat/errors'

/** A failed run, as it is told. */
export interface Failure {
  /** A code of the closed list, or `UNEXPECTED` for a bug of ours. */
  readonly code: string
  readonly message: string
  readonly hint: string | undefined
  readonly exitStatus: number
  /** Only for a bug: where it happened. */
  readonly stack?: string
}

const reportHint = 'this is a bug in bakthat, please report it: https://github.com/bakthat/bakthat/issues'

/** What an error means for the person who ran the command. `signalStatus`: that of the signal that stopped it. */
export function failureOf(error: unknown, signalStatus: number | undefined): Failure {
  if (signalStatus !== undefined && isInterruption(error))
    return { code: 'INTERRUPTED', message: 'interrupted', hint: undefined, exitStatus: signalStatus }
  if (isBakthatError(error)) {
    const { code, message, hint } = error
    return { code, message, hint, exitStatus: exitCodeOf(code) }
  }
  const { message, stack } = describe(error)
  return { code: 'UNEXPECTED', message, hint: reportHint, exitStatus: 1, ...(stack !== undefined && { stack }) }
}

function isInterruption(error: unknown): boolean {
  return isBakthatError(error, 'INTERRUPTED') || describe(error).name === 'AbortError'
}

function describe(error: unknown): { readonly message: string; readonly name?: string; readonly stack?: string } {
  const isErrorLike = typeof error === 'object' && error !== null && 'message' in error
  return isErrorLike ? (error as Error) : { message: String(error) }
}
