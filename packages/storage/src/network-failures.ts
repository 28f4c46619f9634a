import type { ErrorCode } from '@bakthat/errors'

/** What a foreign failure means for a user: the code, what stands behind the subject of the message, and the hint. */
export type Meaning = readonly [code: ErrorCode, what: string, hint?: string]

const laterHint = 'try again later'

/**
 * What it means that a server could not be reached, by the `code` or `name` that Node gives such a failure
 * (https://nodejs.org/api/errors.html#common-system-errors): the same over every protocol.
 */
export const networkFailures: Readonly<Record<string, Meaning>> = {
  TimeoutError: ['UNAVAILABLE', 'cannot be reached: the server does not answer', laterHint],
  EAI_AGAIN: ['UNAVAILABLE', 'cannot be reached: the name of the server cannot be looked up', 'check the network'],
  ECONNREFUSED: ['UNAVAILABLE', 'cannot be reached: nothing answers there', 'check endpoint and the network'],
  ECONNRESET: ['UNAVAILABLE', 'cannot be reached: the connection was lost', laterHint],
  EPIPE: ['UNAVAILABLE', 'cannot be reached: the connection was lost', laterHint],
  ETIMEDOUT: ['UNAVAILABLE', 'cannot be reached: the server does not answer', laterHint],
  EHOSTUNREACH: ['UNAVAILABLE', 'cannot be reached: there is no way to the server', 'check the network'],
  ENETUNREACH: ['UNAVAILABLE', 'cannot be reached: there is no network', 'check the network'],
  CERT_HAS_EXPIRED: ['UNAVAILABLE', 'cannot be reached: the certificate of the server has expired', 'renew it'],
  DEPTH_ZERO_SELF_SIGNED_CERT: [
    'UNAVAILABLE',
    'cannot be reached: the certificate of the server signs itself',
    'name the certificate in NODE_EXTRA_CA_CERTS',
  ],
}
