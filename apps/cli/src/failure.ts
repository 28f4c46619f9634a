import { exitCodeOf, isBakthatError } from '@bakthat/errors'

/** A failed run, as it is told. */
export interface Failure {
  /** A code of the closed list, or `UNEXPECTED` for a bug of ours. */
  readonly code: string
  readonly message: string
  readonly hint: string | undefined
  readonly exitStatus: number
  /** Where it happened, and what caused it: for a bug, and for who asks. */
  readonly trace?: string
}

const reportHint = 'this is a bug in bakthat, please report it: https://github.com/bakthat/bakthat/issues'

/** What an error means for the person who ran the command. `signalStatus`: that of the signal that stopped it. */
export function failureOf(error: unknown, signalStatus: number | undefined): Failure {
  if (signalStatus !== undefined && isInterruption(error))
    return { code: 'INTERRUPTED', message: 'interrupted', hint: undefined, exitStatus: signalStatus }
  if (isBakthatError(error)) {
    const { code, message, hint } = error
    return { code, message, hint, exitStatus: exitCodeOf(code), trace: traceOf(error) }
  }
  return {
    code: 'UNEXPECTED',
    message: describe(error).message,
    hint: reportHint,
    exitStatus: 1,
    trace: traceOf(error),
  }
}

/** The stack of an error, and those of its causes. */
function traceOf(error: unknown): string {
  const { message, stack, cause } = describe(error)
  const own = (stack ?? message).trimEnd()
  return cause === undefined ? own : `${own}\ncaused by: ${traceOf(cause)}`
}

function isInterruption(error: unknown): boolean {
  return isBakthatError(error, 'INTERRUPTED') || describe(error).name === 'AbortError'
}

function describe(error: unknown): Partial<Error> & { readonly message: string } {
  const isErrorLike = typeof error === 'object' && error !== null && 'message' in error
  return isErrorLike ? (error as Error) : { message: String(error) }
}
