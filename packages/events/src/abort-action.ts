const brand = Symbol.for('@bakthat/events/AbortAction')

/**
 * Thrown by a handler of a `before_` event, it stops the action, which then rejects with `REFUSED` and this reason. Nothing was
 * begun by then. The reason is a sentence for people, in lower case and without a full stop.
 */
export class AbortAction extends Error {
  override readonly name = 'AbortAction'

  constructor(reason: string) {
    super(reason)
    Object.defineProperty(this, brand, { value: true })
  }
}

/** Whether a value is an {@link AbortAction}, of any copy of this package. */
export function isAbortAction(value: unknown): value is AbortAction {
  return typeof value === 'object' && value !== null && brand in value
}
