import { parentPort, workerData, type Transferable } from 'node:worker_threads'
import { BakthatError, isBakthatError, type ErrorCode } from '@bakthat/errors'

/** An error on its way between threads: structured cloning would lose its code and its brand. */
export interface PortableError {
  readonly code: ErrorCode | undefined
  readonly message: string
  readonly hint: string | undefined
  readonly stack: string | undefined
}

/** What the threads of a pool are started with. */
export interface WorkerStart {
  readonly data: unknown
  /** Other than 0 once nothing more is to be done. */
  readonly stopped: Int32Array<SharedArrayBuffer>
}

/** What a worker posts for each request, in order. */
export type WorkerAnswer = { readonly response: unknown } | { readonly error: PortableError }

/** A worker's answer and the buffers in it that are handed over instead of copied. */
export interface Served {
  readonly response: unknown
  readonly transfer?: readonly Transferable[]
}

/** What the pool was given for all its workers. */
export function poolData(): unknown {
  return (workerData as WorkerStart).data
}

/**
 * Called once by a worker's script: answers every request of the pool, one at a time, in order, until the pool is stopped. `start`
 * makes the function that does so when the first one comes, so that what goes wrong in it reaches whoever asked.
 */
export function serveRequests(start: () => (request: never) => Served): void {
  const { stopped } = workerData as WorkerStart
  let serve: ((request: never) => Served) | undefined
  parentPort!.on('message', (request: unknown) => {
    if (Atomics.load(stopped, 0) !== 0) {
      parentPort!.close()
      return
    }
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
