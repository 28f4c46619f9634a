import { serverOf, credentialsOf, given, mistake, textOf } from '@bakthat/aws'
import type { BackendSettings } from '@bakthat/storage'

import type { S3Options, ServerSideEncryption } from './options.js'
import { partLimits } from './part-size.js'
import { providers } from './providers.js'

const encryptions: readonly ServerSideEncryption[] = ['AES256', 'aws:kms', 'aws:kms:dsse']

/** The keys of a profile as options. Rejects with `INVALID_CONFIG` for those that cannot be right. */
export function optionsOf(settings: BackendSettings): S3Options {
  const bucket = textOf(settings, 's3_bucket')
  if (bucket === undefined) throw mistake('s3_bucket is missing', 'set s3_bucket to the bucket that keeps the backups')
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$/.test(bucket)) {
    throw mistake('s3_bucket is no name of a bucket', 'such a name is 3 to 63 small letters, digits and hyphens')
  }
  refuseDirectoryBucket(bucket)
  return given<S3Options>({
    bucket,
    prefix: textOf(settings, 's3_prefix'),
    region: textOf(settings, 'region_name'),
    endpoint: endpointOf(settings),
    pathStyle: flag(settings, 'path_style'),
    provider: oneOf(settings, 'provider', providers),
    profile: textOf(settings, 'aws_profile'),
    storageClass: storageClassOf(settings),
    sse: encryptionOf(settings),
    sseKmsKeyId: textOf(settings, 'sse_kms_key_id'),
    objectLock: objectLockOf(settings),
    credentials: credentialsOf(settings),
    maxParts: wholeNumber(settings, 'max_upload_parts', partLimits.parts),
    bandwidthLimit: wholeNumber(settings, 'bandwidth_limit'),
  })
}

/** They list whole directories only, in no order: https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-express-differences.html */
function refuseDirectoryBucket(bucket: string): void {
  if (!bucket.endsWith('--x-s3')) return
  throw mistake(
    's3_bucket is a directory bucket of S3 Express, which does not list what Bakthat looks for',
    'take a general purpose bucket: rotation would not work in this one',
  )
}

/**
 * The SDK goes where these variables say, whatever is asked of it: what is known of Amazon would be said of another server.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
function endpointOf(settings: BackendSettings): string | undefined {
  const { AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3 = AWS_ENDPOINT_URL, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS } = process.env
  const isIgnored = AWS_IGNORE_CONFIGURED_ENDPOINT_URLS === 'true' || AWS_ENDPOINT_URL_S3 === ''
  const usual = isIgnored ? {} : { AWS_ENDPOINT_URL_S3 }
  const example = 'https://s3.example.org'
  return serverOf(settings, 'endpoint', example) ?? serverOf(usual, 'AWS_ENDPOINT_URL_S3', example)
}

function storageClassOf(settings: BackendSettings): string | undefined {
  const storageClass = textOf(settings, 'storage_class')?.toUpperCase()
  if (flag(settings, 's3_reduced_redundancy') !== true) return storageClass
  if (storageClass === undefined || storageClass === 'REDUCED_REDUNDANCY') return 'REDUCED_REDUNDANCY'
  throw mistake('storage_class and s3_reduced_redundancy are two answers to one question', 'remove one of them')
}

function objectLockOf({ object_lock: lock }: BackendSettings): S3Options['objectLock'] {
  if (lock === undefined) return undefined
  const { mode, days } = (typeof lock === 'object' ? lock : {}) as { mode?: unknown; days?: unknown }
  if ((mode === 'governance' || mode === 'compliance') && typeof days === 'number' && days > 0) return { mode, days }
  throw mistake('object_lock is not complete', 'give it a mode, governance or compliance, and days')
}

function wholeNumber(settings: BackendSettings, key: string, most = Number.MAX_SAFE_INTEGER): number | undefined {
  const value = settings[key]
  if (value === undefined) return undefined
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0 && value <= most) return value
  throw mistake(`${key} is not a whole number from 1 to ${most}`, `set ${key} to such a number, or remove it`)
}

function flag(settings: BackendSettings, key: string): boolean | undefined {
  const value = settings[key]
  if (value === undefined || typeof value === 'boolean') return value
  throw mistake(`${key} is neither true nor false`, `set ${key} to true or false`)
}

function encryptionOf(settings: BackendSettings): ServerSideEncryption | undefined {
  const sse = oneOf(settings, 'sse', encryptions)
  if (sse !== 'AES256' || settings['sse_kms_key_id'] === undefined) return sse
  throw mistake('sse AES256 has no key of KMS', 'set sse to aws:kms, or remove sse_kms_key_id')
}

function oneOf<T extends string>(settings: BackendSettings, key: string, choices: readonly T[]): T | undefined {
  const value = settings[key]
  if (value === undefined) return undefined
  const choice = choices.find((one) => one === value)
  if (choice !== undefined) return choice
  throw mistake(`${key} is none of ${choices.join(', ')}`, `set ${key} to one of them`)
}
