import { expiredCredentials, FailureTranslation, wrongClock } from '@bakthat/aws'
import type { Meaning } from '@bakthat/storage'

import { unspoken } from './spoken.js'

const regionHint = 'set region_name to the region that the bucket lies in'
const policyHint = 'let the policy of these credentials allow it: bakthat policy prints one to start from'
const laterHint = 'try again later'

/** By the code of an S3 error document, and by what Node and the SDK call failures of their own. */
const meanings: Readonly<Record<string, Meaning>> = {
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
  TokenRefreshRequired: expiredCredentials,
  RequestTimeTooSkewed: wrongClock,
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
  RequestTimeout: ['UNAVAILABLE', 'cannot be reached: the bytes came too slowly', laterHint],
  IncompleteBody: ['UNAVAILABLE', 'cannot be stored: not all bytes arrived', laterHint],
  SlowDown: ['UNAVAILABLE', 'cannot be reached: the server asks to slow down', laterHint],
  NotImplemented: [
    'UNSUPPORTED',
    'needs something that the server does not have',
    'set provider to what the server is',
  ],
  ENOTFOUND: [
    'UNAVAILABLE',
    'cannot be reached: no server of that name is known',
    'check endpoint, region_name and the network',
  ],
  InternalError: ['UNAVAILABLE', 'cannot be reached: the server has trouble', laterHint],
  Unspoken: unspoken,
}

/** For answers without a document, as those to HEAD are. */
function wordOfStatus(status: number): string | undefined {
  if (status === 301) return 'PermanentRedirect'
  if (status === 403 || status === 401) return 'AccessDenied'
  if (status === 404) return 'NotFound'
  if (status === 408) return 'RequestTimeout'
  if (status === 412) return 'PreconditionFailed'
  if (status === 429 || status === 503) return 'SlowDown'
  if (status === 501) return 'NotImplemented'
  if (status >= 300 && status < 400) return 'Unspoken'
  return status >= 500 ? 'InternalError' : undefined
}

/**
 * A lock in a bucket without locks has no word of its own: Amazon and MinIO call it InvalidRequest, as they do much else. Of an
 * answer that it does not understand the SDK has none either.
 */
function meaningOfSentence(name: string, message: string): Meaning | undefined {
  if (/XML parse error|Deserialization error/.test(message)) return unspoken
  if (name !== 'InvalidRequest' || !/missing object ?lock ?configuration/i.test(message)) return undefined
  return [
    'INVALID_CONFIG',
    'cannot be locked: the bucket was not made with object lock',
    'take a bucket that bakthat create has made with object_lock, or leave object_lock out',
  ]
}

/** What S3 and its SDK throw, for users. */
export const failures = new FailureTranslation({ meanings, wordOfStatus, meaningOfSentence })
