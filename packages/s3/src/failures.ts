import { BakthatError, isBakthatError, type BakthatErrorOptions } from '@bakthat/errors'
import { proxyFailures } from '@bakthat/http-agents'
import { networkFailures, type Meaning } from '@bakthat/storage'

const regionHint = 'set region_name to the region that the bucket lies in'
const keysHint = 'check access_key and secret_key, or where the AWS tools take their credentials from'
const policyHint = 'let the policy of these credentials allow it: docs/s3.md has one to start from'
const laterHint = 'try again later'

/** By the code of an S3 error document, and by what Node and the SDK call failures of their own. */
const meanings: Readonly<Record<string, Meaning>> = {
  ...networkFailures,
  ...proxyFailures,
  NoSuchKey: ['NOT_FOUND', 'is not there'],
  NoSuchVersion: ['NOT_FOUND', 'is not there'],
  NotFound: ['NOT_FOUND', 'is not there'],
  NoSuchBucket: [
    'NOT_FOUND',
    'cannot be reached: there is no such bucket',
    'check s3_bucket, or make the bucket with bakthat create',
  ],
  NoSuchUpload: ['UNAVAILABLE', 'cannot be stored: the upload was aborted meanwhile', 'try again'],
  PreconditionFailed: ['ALREADY_EXISTS', 'is there already', 'blobs are never overwritten: remove it first'],
  RestoreAlreadyInProgress: ['ALREADY_EXISTS', 'is being thawed already'],
  ConditionalRequestConflict: ['UNAVAILABLE', 'is being written by somebody else at this moment', laterHint],
  OperationAborted: ['UNAVAILABLE', 'is being changed by somebody else at this moment', laterHint],
  BucketAlreadyOwnedByYou: ['ALREADY_EXISTS', 'cannot be made: the bucket is there already'],
  BucketAlreadyExists: [
    'ALREADY_EXISTS',
    'cannot be made: the name is taken by somebody else',
    'choose another s3_bucket',
  ],
  AccessDenied: ['PERMISSION_DENIED', 'may not be accessed', policyHint],
  Forbidden: ['PERMISSION_DENIED', 'may not be accessed', policyHint],
  AllAccessDisabled: ['PERMISSION_DENIED', 'may not be accessed', policyHint],
  AccountProblem: ['PERMISSION_DENIED', 'may not be accessed: the account has a problem', 'ask the provider'],
  InvalidAccessKeyId: ['PERMISSION_DENIED', 'may not be accessed: the access key is not known there', keysHint],
  SignatureDoesNotMatch: ['PERMISSION_DENIED', 'may not be accessed: the secret key is not the right one', keysHint],
  ExpiredToken: ['PERMISSION_DENIED', 'may not be accessed: the credentials have expired', 'renew them and try again'],
  InvalidToken: ['PERMISSION_DENIED', 'may not be accessed: the session token is not valid', keysHint],
  TokenRefreshRequired: [
    'PERMISSION_DENIED',
    'may not be accessed: the credentials have expired',
    'renew them and try again',
  ],
  CredentialsProviderError: ['PERMISSION_DENIED', 'may not be accessed: there are no credentials', keysHint],
  RequestTimeTooSkewed: [
    'PERMISSION_DENIED',
    'may not be accessed: the clock of this machine is wrong',
    'set the clock',
  ],
  KMSDisabledException: ['PERMISSION_DENIED', 'cannot be encrypted: the KMS key is disabled', 'check sse_kms_key_id'],
  PermanentRedirect: ['INVALID_CONFIG', 'cannot be reached: the bucket lies in another region', regionHint],
  AuthorizationHeaderMalformed: ['INVALID_CONFIG', 'cannot be reached: the bucket lies in another region', regionHint],
  IllegalLocationConstraintException: [
    'INVALID_CONFIG',
    'cannot be reached: the bucket lies in another region',
    regionHint,
  ],
  InvalidBucketName: ['INVALID_CONFIG', 'cannot be reached: that is no name for a bucket', 'check s3_bucket'],
  InvalidStorageClass: [
    'INVALID_CONFIG',
    'cannot be stored: the server does not know the storage class',
    'check storage_class',
  ],
  EntityTooLarge: ['NO_SPACE', 'is larger than an object can be there', 'store less at once'],
  QuotaExceeded: ['NO_SPACE', 'is over the quota', 'free some space or ask the provider for more'],
  XMinioStorageFull: ['NO_SPACE', 'is on a full disk', 'free some space on the server'],
  BadDigest: ['INTEGRITY', 'arrived damaged', 'try again; if it happens again, check this machine and the network'],
  XAmzContentSHA256Mismatch: [
    'INTEGRITY',
    'arrived damaged',
    'try again; if it happens again, check this machine and the network',
  ],
  InvalidObjectState: ['COLD', 'is in cold storage again', 'ask for it to be thawed, which costs money'],
  GlacierExpeditedRetrievalNotAvailable: [
    'UNAVAILABLE',
    'cannot be thawed that fast at this moment: there is no capacity',
    'ask for the tier standard, or for the same one later',
  ],
  SlowDown: ['UNAVAILABLE', 'cannot be reached: the server asks to slow down', laterHint],
  NotImplemented: [
    'UNSUPPORTED',
    'needs something that the server does not have',
    'set provider to what the server is',
  ],
  ENOTFOUND: ['UNAVAILABLE', 'cannot be reached: no server of that name is known', 'check endpoint and the network'],
}

/** For answers without a document, as those to HEAD are. */
function meaningOfStatus(status: number | undefined): Meaning | undefined {
  if (status === undefined) return undefined
  if (status === 301) return meanings['PermanentRedirect']
  if (status === 403 || status === 401) return meanings['AccessDenied']
  if (status === 404) return meanings['NotFound']
  if (status === 407) return meanings['ProxyAuthenticationRequired']
  if (status === 412) return meanings['PreconditionFailed']
  if (status === 429 || status === 503) return meanings['SlowDown']
  if (status === 501) return meanings['NotImplemented']
  if (status >= 500) return ['UNAVAILABLE', 'cannot be reached: the server has trouble', laterHint]
  return undefined
}

/** The SDK tells a session of single sign-on that has ended from keys that are nowhere by its words alone. */
function meaningOfSession(error: unknown): Meaning | undefined {
  if (codeOf(error) !== 'CredentialsProviderError') return undefined
  const command = /\baws (?:sso )?login\b/.exec((error as Error).message)?.[0]
  if (command === undefined) return undefined
  return ['PERMISSION_DENIED', 'may not be accessed: the single sign-on has ended', `sign in again with ${command}`]
}

/** What the server does not want, in its own word for it. */
function refusalOf(error: unknown): Meaning | undefined {
  if ((statusOf(error) ?? 0) < 400) return undefined
  const { name } = error as { name?: string }
  return ['INVALID_INPUT', `was refused by the server: ${name ?? 'no reason'}`, 'look the word up in its documentation']
}

/** What S3, the SDK or Node calls an error: `NoSuchKey`, `ECONNRESET`. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  const { Code, code, name, message } = error as { Code?: unknown; code?: unknown; name?: unknown; message?: unknown }
  // Of errors that come from another realm, as Node's do under some test runners, the SDK keeps the words alone.
  const words = /^AWS SDK error wrapper for \w*: .*?\b(E[A-Z]{3,})\b/.exec(String(message))?.[1]
  return [Code, code, name, words].find((one): one is string => typeof one === 'string' && one in meanings)
}

/** The status of the answer that an error came with. */
export function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('$metadata' in error)) return undefined
  const { httpStatusCode } = error.$metadata as { httpStatusCode?: number }
  return httpStatusCode
}

/** The same failure for a user; what is not foreseen is given back as it is. */
export function explained(error: unknown, subject: string): unknown {
  if (isBakthatError(error)) return error
  const meaning =
    meaningOfSession(error) ?? meanings[codeOf(error) ?? ''] ?? meaningOfStatus(statusOf(error)) ?? refusalOf(error)
  if (meaning === undefined) return error
  const [code, what, hint] = meaning
  const options: BakthatErrorOptions = { cause: summaryOf(error), ...(hint === undefined ? {} : { hint }) }
  return new BakthatError(code, `${subject} ${what}`, options)
}

/** What the server called a failure that was {@link explained}: `NoSuchUpload`. */
export function foreignNameOf(error: unknown): string | undefined {
  return isBakthatError(error) ? (error.cause as { readonly name?: string } | undefined)?.name : undefined
}

/** The words in which the server told it. */
export function foreignMessageOf(error: unknown): string {
  return isBakthatError(error) ? ((error.cause as { readonly message?: string } | undefined)?.message ?? '') : ''
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
