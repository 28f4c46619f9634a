/** What Glacier does not do, in its own word and with its status for it. */
export class GlacierFailure extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

export function missing(what: string, name: string): GlacierFailure {
  return new GlacierFailure(404, 'ResourceNotFoundException', `${what} not found: ${name}`)
}

export function invalid(message: string): GlacierFailure {
  return new GlacierFailure(400, 'InvalidParameterValueException', message)
}

export function absent(parameter: string): GlacierFailure {
  return new GlacierFailure(400, 'MissingParameterValueException', `Required parameter missing: ${parameter}`)
}
