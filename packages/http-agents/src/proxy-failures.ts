import type { ErrorCode } from '@bakthat/errors'

/** What a foreign failure means for a user: the code, what stands behind the subject of the message, and the hint. */
export type ProxyFailure = readonly [code: ErrorCode, what: string, hint: string]

/**
 * What it means that a proxy made no connection, by the `code` of the errors with which requests fail that were made with
 * `httpAgents`. A status of 407 is `ProxyAuthenticationRequired`, too: without TLS, answers of a proxy look like those of the
 * server. No such error holds the address of the proxy, in which there may be a password.
 */
export const proxyFailures = {
  ProxyAuthenticationRequired: [
    'PERMISSION_DENIED',
    'cannot be reached: the proxy wants a name and a password',
    'put them into the address of the proxy: http://name:password@host:port in HTTPS_PROXY',
  ],
  ProxyForbidden: [
    'PERMISSION_DENIED',
    'cannot be reached: the proxy lets nobody through to the server',
    'let the rules of the proxy allow it, or add the server to NO_PROXY',
  ],
  ProxyUnusable: [
    'INVALID_CONFIG',
    'cannot be reached: the proxy that the environment names is none that speaks HTTP',
    'let HTTPS_PROXY be http://host:port or https://host:port, or add the server to NO_PROXY',
  ],
} as const satisfies Readonly<Record<string, ProxyFailure>>
