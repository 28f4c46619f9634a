import { errorCodes, type ErrorCode } from './codes.js'

const brand = Symbol.for('@bakthat/errors/BakthatError')

/** What a {@link BakthatError} carries beside its code and message. */
export interface BakthatErrorOptions {
  /** What to do next: one sentence, without a full stop. */
  readonly hint?: string
  /** The error that this one explains. */
  readonly cause?: unknown
}

/**
 * An error that a user can be told: every failure that Bakthat foresees has this shape.
 *
 * `message` says what failed and on what, in lower case and without a full stop; it never holds a credential, a
 * passphrase or a signed address. Recognise one with {@link isBakthatError}, never with `instanceof`: two copies of this
 * package, or two realms, can meet in one process.
 *
 * @example
 * ```ts
 * import { BakthatError, isBakthatError } from '@bakthat/errors'
 *
 * try {
 *   throw new BakthatError('NOT_FOUND', 'no backup named photos', { hint: 'list them with bakthat show' })
 * } catch (error) {
 *   if (!isBakthatError(error, 'NOT_FOUND')) throw error
 *   console.log(error.hint)
 * }
 * ```
 */
export class BakthatError extends Error {
  override readonly name = 'BakthatError'
  readonly code: ErrorCode
  readonly hint: string | undefined

  constructor(code: ErrorCode, message: string, options: BakthatErrorOptions = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.code = code
    this.hint = options.hint
    Object.defineProperty(this, brand, { value: true })
  }
}

/** Whether a value is a {@link BakthatError}, of any copy of this package, and (when codes are given) of one of them. */
export function isBakthatError(value: unknown, ...codes: readonly ErrorCode[]): value is BakthatError {
  if (typeof value !== 'object' || value === null || !(brand in value)) return false
  const code = (value as unknown as BakthatError).code
  return code in errorCodes && (codes.length === 0 || codes.includes(code))
}
