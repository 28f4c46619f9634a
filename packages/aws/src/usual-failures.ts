import { networkFailures, type Meaning } from '@bakthat/storage'

const keysHint = 'check access_key and secret_key, or where the AWS tools take their credentials from'

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
} as const satisfies Readonly<Record<string, Meaning>>

const unknownKey: Meaning = ['PERMISSION_DENIED', 'may not be accessed: the access key is not known there', keysHint]

const wrongKey: Meaning = ['PERMISSION_DENIED', 'may not be accessed: the secret key is not the right one', keysHint]

const noCredentials: Meaning = [
  'PERMISSION_DENIED',
  'may not be accessed: there are no credentials',
  'set access_key and secret_key, check aws_profile, or set the AWS tools up',
]

export const expiredCredentials: Meaning = [
  'PERMISSION_DENIED',
  'may not be accessed: the credentials have expired',
  'renew them and try again',
]

export const wrongClock: Meaning = [
  'PERMISSION_DENIED',
  'may not be accessed: the clock of this machine is wrong',
  'set the clock',
]

const keyFailures: Readonly<Record<string, Meaning>> = {
  InvalidAccessKeyId: unknownKey,
  UnrecognizedClientException: unknownKey,
  SignatureDoesNotMatch: wrongKey,
  InvalidSignatureException: wrongKey,
  ExpiredToken: expiredCredentials,
  ExpiredTokenException: expiredCredentials,
  MissingAuthenticationTokenException: noCredentials,
  InvalidToken: ['PERMISSION_DENIED', 'may not be accessed: the session token is not valid', keysHint],
  CredentialsProviderError: noCredentials,
}

/** Failures of the keys, of the clock or of the way to the service: whatever else is asked for will fail too. */
export const failuresOfEverything: ReadonlySet<string> = new Set([
  ...Object.keys(keyFailures),
  ...Object.keys(proxyFailures),
  'RequestExpired',
  'RequestTimeTooSkewed',
  'TokenRefreshRequired',
])

/** Words that every service of AWS, its SDK, a proxy or Node may have for a failure. */
export const usualFailures: Readonly<Record<string, Meaning>> = {
  ...networkFailures,
  ...proxyFailures,
  ...keyFailures,
  EndpointError: [
    'INVALID_CONFIG',
    'cannot be reached: the settings together make no address',
    'where there is an endpoint, leave AWS_USE_FIPS_ENDPOINT and AWS_USE_DUALSTACK_ENDPOINT out, or do without the endpoint',
  ],
}

/** The SDK tells a session of single sign-on that has ended from keys that are nowhere by its words alone. */
export function endedSession(name: string, message: string): Meaning | undefined {
  const command = name === 'CredentialsProviderError' ? /\baws (?:sso )?login\b/.exec(message)?.[0] : undefined
  if (command === undefined) return undefined
  return ['PERMISSION_DENIED', 'may not be accessed: the single sign-on has ended', `sign in again with ${command}`]
}

/** The SDK has no code for a region that no address can be made of, which it finds before it asks anybody. */
export function unusableRegion(message: string): Meaning | undefined {
  if (!message.startsWith('Region not accepted: ')) return undefined
  return [
    'INVALID_CONFIG',
    'cannot be reached: the region is no name of one',
    'write region_name as eu-central-1; where it is not set, AWS_REGION counts',
  ]
}
