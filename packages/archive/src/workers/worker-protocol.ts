import { parentPort, type Transferable } from 'node:worker_threads'
import { BakthatError, isBakthatError, type ErrorCode } from '@bakthat/errors'

/** An error on its way between threads: structured cloning would lose its code and its brand. */
export interface PortableError {
  readonly code: ErrorCode | undefined
  readonly message: string
  readonly hint: string | undefined
  readonly stack: string | undefined
}

/** What a worker posts for each request, in order. */
export type WorkerAnswer = { readonly response: unknown } | { readonly error: PortableError }

/** A worker's answer and the buffers in it that are handed over instead of copied. */
export interface Served {
  readonly response: unknown
  readonly transfer?: readonly Transferable[]
}

/**
 * Called once by a worker's script: answers every request of the pool, one at a time, in order. `start` makes the function that does
 * so when the first one comes, so that what goes wrong in it reaches whoever asked.
 */
export function serveRequests(start: () => (request: never) => Served): void {
  let serve: ((request: never) => Served) | undefined
  parentPort!.on('message', (request: unknown) => {
    try {
      serve ??= start()
      const { response, transfer } = serve(request as never)
      parentPort!.postMessage({ response }, transfer)
    } catch (error) {
      parentPort!.postMessage({ error: describeError(error) })
    }
  })
}

/** The error that {@link describeError} described. */
export function reviveError({ code, message, hint, stack }: PortableError): Error {
  const error =
    code === undefined ? new Error(message) : new BakthatError(code, message, hint === undefined ? {} : { hint })
  if (stack !== undefined) error.stack = stack
  return error
}

/** An error as it can be posted. */
export function describeError(error: unknown): PortableError {
  if (isBakthatError(error)) return { code: error.code, message: error.message, hint: error.hint, stack: error.stack }
  const { message, stack } = error as Error
  return { code: undefined, message, hint: undefined, stack }
}
