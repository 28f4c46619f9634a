import type { ErrorCode } from '@bakthat/errors'

/** What a foreign failure means for a user: the code, what stands behind the subject of the message, and the hint. */
export type Meaning = readonly [code: ErrorCode, what: string, hint?: string]

const laterHint = 'try again later'

const unknownAuthority: Meaning = [
  'UNAVAILABLE',
  'cannot be reached: the certificate of the server is signed by an authority that nobody knows here',
  'name the file of the certificate of the authority in NODE_EXTRA_CA_CERTS',
]

/**
 * What it means that a server could not be reached, by the `code` or `name` that Node gives such a failure
 * (https://nodejs.org/api/errors.html#common-system-errors, https://nodejs.org/api/tls.html#x509-certificate-error-codes):
 * the same over every protocol.
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
  CERT_NOT_YET_VALID: [
    'UNAVAILABLE',
    'cannot be reached: the certificate of the server is not valid yet',
    'check the clock of this machine',
  ],
  DEPTH_ZERO_SELF_SIGNED_CERT: [
    'UNAVAILABLE',
    'cannot be reached: the certificate of the server signs itself',
    'name the file of the certificate in NODE_EXTRA_CA_CERTS',
  ],
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
  ERR_TLS_CERT_ALTNAME_INVALID: [
    'UNAVAILABLE',
    'cannot be reached: the certificate of the server is for another name',
    'check endpoint and the network',
  ],
  EPROTO: [
    'UNAVAILABLE',
    'cannot be reached: the server does not speak TLS as it should',
    'check whether it is https:// or http:// there',
  ],
}
