import { BakthatError, isBakthatError, type BakthatErrorOptions } from '@bakthat/errors'
import { proxyFailures } from '@bakthat/http-agents'
import { networkFailures, type Meaning } from '@bakthat/storage'

const keysHint = 'check access_key and secret_key, or where the AWS tools take their credentials from'
const policyHint = 'let the policy of these credentials allow it: docs/glacier.md has one to start from'
const laterHint = 'try again later'
const damageHint = 'try again; if it happens again, check this machine and the network'

/** By Glacier's words for its errors, and by what Node and the SDK call failures of their own. */
const meanings: Readonly<Record<string, Meaning>> = {
  ...networkFailures,
  ...proxyFailures,
  NoLongerSupportedException: [
    'UNSUPPORTED',
    'cannot be used: AWS takes no new customers for vaults',
    'use the destination s3 with storage_class: GLACIER or DEEP_ARCHIVE, which keeps as cold and costs no more',
  ],
  ResourceNotFoundException: ['NOT_FOUND', 'is not there'],
  VaultNotFound: [
    'NOT_FOUND',
    'cannot be reached: there is no such vault',
    'check glacier_vault and region_name, or make the vault with bakthat create',
  ],
  AccessDeniedException: ['PERMISSION_DENIED', 'may not be accessed', policyHint],
  AccessDenied: ['PERMISSION_DENIED', 'may not be accessed', policyHint],
  UnrecognizedClientException: [
    'PERMISSION_DENIED',
    'may not be accessed: the access key is not known there',
    keysHint,
  ],
  InvalidAccessKeyId: ['PERMISSION_DENIED', 'may not be accessed: the access key is not known there', keysHint],
  InvalidSignatureException: [
    'PERMISSION_DENIED',
    'may not be accessed: the secret key is not the right one',
    keysHint,
  ],
  SignatureDoesNotMatch: ['PERMISSION_DENIED', 'may not be accessed: the secret key is not the right one', keysHint],
  MissingAuthenticationTokenException: ['PERMISSION_DENIED', 'may not be accessed: there are no credentials', keysHint],
  ExpiredTokenException: [
    'PERMISSION_DENIED',
    'may not be accessed: the credentials have expired',
    'renew them and try again',
  ],
  ExpiredToken: ['PERMISSION_DENIED', 'may not be accessed: the credentials have expired', 'renew them and try again'],
  CredentialsProviderError: ['PERMISSION_DENIED', 'may not be accessed: there are no credentials', keysHint],
  RequestExpired: ['PERMISSION_DENIED', 'may not be accessed: the clock of this machine is wrong', 'set the clock'],
  PolicyEnforcedException: [
    'UNAVAILABLE',
    "cannot be brought back: the account's data retrieval policy does not allow so much at a time",
    'wait an hour, or raise the limit in the data retrieval settings of Glacier',
  ],
  InsufficientCapacityException: [
    'UNAVAILABLE',
    'cannot be brought back that fast at this moment',
    'use the tier standard',
  ],
  LimitExceededException: ['NO_SPACE', 'is over a limit of the account', 'ask AWS to raise it'],
  RequestTimeoutException: ['UNAVAILABLE', 'cannot be reached: the upload came too slowly', laterHint],
  ServiceUnavailableException: ['UNAVAILABLE', 'cannot be reached: the server has trouble', laterHint],
  ThrottlingException: ['UNAVAILABLE', 'cannot be reached: the server asks to slow down', laterHint],
  ENOTFOUND: ['UNAVAILABLE', 'cannot be reached: no server of that name is known', 'check region_name and the network'],
}

/** Both say what is wrong only in a sentence: that something is not there, or that a parameter is not right. */
function meaningOfSentence(code: string | undefined, error: unknown): Meaning | undefined {
  const { message } = error as { message?: unknown }
  if (code === 'ResourceNotFoundException' && /^vault not found/i.test(String(message)))
    return meanings['VaultNotFound']
  if (code === 'InvalidParameterValueException' && /checksum|hash/i.test(String(message))) {
    return ['INTEGRITY', 'arrived damaged', damageHint]
  }
  return undefined
}

/** For answers in words that are not known. */
function meaningOfStatus(status: number | undefined): Meaning | undefined {
  if (status === undefined) return undefined
  if (status === 403 || status === 401) return meanings['AccessDeniedException']
  if (status === 404) return meanings['ResourceNotFoundException']
  if (status === 407) return meanings['ProxyAuthenticationRequired']
  if (status === 408) return meanings['RequestTimeoutException']
  if (status === 429) return meanings['ThrottlingException']
  if (status >= 500) return meanings['ServiceUnavailableException']
  return undefined
}

/** What the server does not want, in its own word for it. */
function refusalOf(error: unknown): Meaning | undefined {
  if ((statusOf(error) ?? 0) < 400) return undefined
  const { name } = error as { name?: string }
  return ['INVALID_INPUT', `was refused by the server: ${name ?? 'no reason'}`, 'look the word up in its documentation']
}

/** Whether it is the vault that is not there, and not something in it. */
export function isMissingVault(error: unknown): boolean {
  return isBakthatError(error, 'NOT_FOUND') && error.hint === meanings['VaultNotFound']?.[2]
}

/** What Glacier, the SDK or Node calls an error: `ResourceNotFoundException`, `ECONNRESET`. */
function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  const { code, name, message } = error as { code?: unknown; name?: unknown; message?: unknown }
  // Of errors that come from another realm, as Node's do under some test runners, the SDK keeps the words alone.
  const words = /^AWS SDK error wrapper for \w*: .*?\b(E[A-Z]{3,})\b/.exec(String(message))?.[1]
  return [name, code, words].find(
    (one): one is string => typeof one === 'string' && (one in meanings || one === 'InvalidParameterValueException'),
  )
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('$metadata' in error)) return undefined
  const { httpStatusCode } = error.$metadata as { httpStatusCode?: number }
  return httpStatusCode
}

/** The same failure for a user; what is not foreseen is given back as it is. */
export function explained(error: unknown, subject: string): unknown {
  if (isBakthatError(error)) return error
  const known = codeOf(error)
  const meaning =
    meaningOfSentence(known, error) ?? meanings[known ?? ''] ?? meaningOfStatus(statusOf(error)) ?? refusalOf(error)
  if (meaning === undefined) return error
  const [code, what, hint] = meaning
  const options: BakthatErrorOptions = { cause: summaryOf(error), ...(hint === undefined ? {} : { hint }) }
  return new BakthatError(code, `${subject} ${what}`, options)
}

/**
 * What a server said, without what else errors of the SDK carry: keys and signatures of the request stand in fields of
 * some of them, and whoever prints an error prints its cause.
 */
function summaryOf(error: unknown): Error {
  const { name, message, $metadata } = error as { name?: string; message?: string; $metadata?: { requestId?: string } }
  const request = $metadata?.requestId === undefined ? {} : { requestId: $metadata.requestId }
  return Object.assign(new Error(message), { name: name ?? 'Error', status: statusOf(error), ...request })
}
