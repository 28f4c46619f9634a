import { day } from '../clock.js'
import type { Call } from './call.js'
import { invalidArgument, notImplemented, S3Failure } from './failure.js'
import type { Bucket } from './store/bucket.js'
import type { ObjectSettings, Retention } from './store/version.js'

/** Headers of a request that stores an object, beside those of its checksums. */
export const settingHeaders = [
  'x-amz-acl',
  'x-amz-meta-',
  'x-amz-object-lock-legal-hold',
  'x-amz-object-lock-mode',
  'x-amz-object-lock-retain-until-date',
  'x-amz-server-side-encryption',
  'x-amz-server-side-encryption-aws-kms-key-id',
  'x-amz-server-side-encryption-bucket-key-enabled',
  'x-amz-storage-class',
]

const storageClasses = [
  'STANDARD',
  'REDUCED_REDUNDANCY',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER',
  'DEEP_ARCHIVE',
  'GLACIER_IR',
]

/** Answered as they came. */
const kept = ['cache-control', 'content-disposition', 'content-encoding', 'content-language', 'content-type', 'expires']

/** Of metadata, names and values together. */
const mostMetadata = 2048

/** Reads what a request says of the object that it stores. */
export function objectSettings(call: Call, bucket: Bucket): ObjectSettings {
  const { headers } = call
  const storageClass = headers['x-amz-storage-class'] ?? 'STANDARD'
  if (!storageClasses.includes(storageClass))
    throw new S3Failure('InvalidStorageClass', 'The storage class you specified is not valid')
  if (![undefined, 'private', 'bucket-owner-full-control'].includes(headers['x-amz-acl']))
    throw notImplemented('x-amz-acl')
  if (Buffer.byteLength(call.key) > 1024) throw new S3Failure('KeyTooLongError', 'Your key is too long')
  return {
    storageClass,
    headers: { ...contentHeaders(call), ...metadata(call), ...encryption(call) },
    retention: retentionOf(call, bucket),
    legalHold: legalHoldOf(call, bucket),
  }
}

function contentHeaders({ headers }: Call): Record<string, string> {
  const pairs = kept.flatMap((name) => {
    const value = name === 'content-encoding' ? withoutChunked(headers[name]) : headers[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return { 'content-type': 'binary/octet-stream', ...Object.fromEntries(pairs) }
}

function withoutChunked(encoding: string | undefined): string | undefined {
  const left = encoding
    ?.split(',')
    .map((one) => one.trim())
    .filter((one) => one !== 'aws-chunked')
  return left === undefined || left.length === 0 ? undefined : left.join(',')
}

function metadata({ headers }: Call): Record<string, string> {
  const pairs = Object.entries(headers).filter(([name]) => name.startsWith('x-amz-meta-'))
  const size = pairs.reduce(
    (sum, [name, value]) => sum + name.length - 'x-amz-meta-'.length + Buffer.byteLength(value),
    0,
  )
  if (size > mostMetadata)
    throw new S3Failure('MetadataTooLarge', 'Your metadata headers exceed the maximum allowed metadata size')
  return Object.fromEntries(pairs)
}

function encryption({ headers }: Call): Record<string, string> {
  const name = 'x-amz-server-side-encryption'
  const {
    [name]: kind = 'AES256',
    [`${name}-aws-kms-key-id`]: keyId,
    [`${name}-bucket-key-enabled`]: bucketKey,
  } = headers
  if (!['AES256', 'aws:kms', 'aws:kms:dsse'].includes(kind))
    throw invalidArgument(name, kind, 'The encryption method specified is not supported')
  if (keyId !== undefined && kind === 'AES256') {
    throw invalidArgument(
      name,
      kind,
      'Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms',
    )
  }
  return {
    [name]: kind,
    ...(keyId === undefined ? {} : { [`${name}-aws-kms-key-id`]: keyId }),
    ...(bucketKey === undefined ? {} : { [`${name}-bucket-key-enabled`]: bucketKey }),
  }
}

function retentionOf({ headers, now }: Call, bucket: Bucket): Retention | undefined {
  const { 'x-amz-object-lock-mode': mode, 'x-amz-object-lock-retain-until-date': until } = headers
  if (mode === undefined && until === undefined) return defaultRetention(bucket, now)
  if (mode === undefined || until === undefined) {
    throw new S3Failure(
      'InvalidArgument',
      'x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied',
    )
  }
  demandLock(bucket)
  return { mode: retentionMode(mode), until: futureDate(until, now) }
}

function defaultRetention(bucket: Bucket, now: Date): Retention | undefined {
  const rule = bucket.objectLock?.rule
  return rule === undefined ? undefined : { mode: rule.mode, until: new Date(now.getTime() + rule.days * day) }
}

function legalHoldOf({ headers }: Call, bucket: Bucket): boolean {
  const value = headers['x-amz-object-lock-legal-hold']
  if (value === undefined) return false
  demandLock(bucket)
  if (value !== 'ON' && value !== 'OFF')
    throw new S3Failure('InvalidArgument', 'Legal Hold must be either of ON or OFF')
  return value === 'ON'
}

export function demandLock(bucket: Bucket): void {
  if (bucket.objectLock === undefined)
    throw new S3Failure('InvalidRequest', 'Bucket is missing Object Lock Configuration')
}

export function retentionMode(text: string): Retention['mode'] {
  if (text === 'GOVERNANCE' || text === 'COMPLIANCE') return text
  throw new S3Failure('InvalidArgument', 'Unknown wormMode directive.')
}

export function futureDate(text: string, now: Date): Date {
  const date = new Date(text)
  if (Number.isNaN(date.getTime()))
    throw new S3Failure('InvalidArgument', 'The retain until date must be provided in ISO 8601 format')
  if (date <= now) throw new S3Failure('InvalidArgument', 'The retain until date must be in the future!')
  return date
}
