import { BakthatError } from '@bakthat/errors'
import type { BackendSettings } from '@bakthat/storage'

import type { S3Options, ServerSideEncryption } from './options.js'
import { partLimits } from './part-size.js'
import { providers } from './providers.js'

const encryptions: readonly ServerSideEncryption[] = ['AES256', 'aws:kms', 'aws:kms:dsse']

/** The keys of a profile as options. Rejects with `INVALID_CONFIG` for those that cannot be right. */
export function optionsOf(settings: BackendSettings): S3Options {
  const bucket = text(settings, 's3_bucket')
  if (bucket === undefined) throw mistake('s3_bucket is missing', 'set s3_bucket to the bucket that keeps the backups')
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$/.test(bucket)) {
    throw mistake('s3_bucket is no name of a bucket', 'such a name is 3 to 63 small letters, digits and hyphens')
  }
  const options: Writable<S3Options> = {
    bucket,
    prefix: text(settings, 's3_prefix'),
    region: text(settings, 'region_name'),
    endpoint: endpointOf(settings),
    pathStyle: flag(settings, 'path_style'),
    provider: oneOf(settings, 'provider', providers),
    profile: text(settings, 'aws_profile'),
    storageClass: storageClassOf(settings),
    sse: oneOf(settings, 'sse', encryptions),
    sseKmsKeyId: text(settings, 'sse_kms_key_id'),
    objectLock: objectLockOf(settings),
    credentials: credentialsOf(settings),
    maxParts: wholeNumber(settings, 'max_upload_parts', partLimits.parts),
    bandwidthLimit: wholeNumber(settings, 'bandwidth_limit'),
  }
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as unknown as S3Options
}

type Writable<T> = { -readonly [Key in keyof T]?: T[Key] | undefined }

function credentialsOf(settings: BackendSettings): S3Options['credentials'] {
  const [accessKeyId, secretAccessKey] = [text(settings, 'access_key'), text(settings, 'secret_key')]
  const sessionToken = text(settings, 'session_token')
  if (accessKeyId !== undefined && secretAccessKey !== undefined) {
    return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) }
  }
  if (accessKeyId === undefined && secretAccessKey === undefined) return undefined
  const missing = accessKeyId === undefined ? 'access_key' : 'secret_key'
  throw mistake(`${missing} is missing`, 'set access_key and secret_key, or neither of them to use what AWS tools use')
}

function storageClassOf(settings: BackendSettings): string | undefined {
  const storageClass = text(settings, 'storage_class')?.toUpperCase()
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

function endpointOf(settings: BackendSettings): string | undefined {
  const endpoint = text(settings, 'endpoint')
  if (endpoint === undefined) return undefined
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') return endpoint
  throw mistake('endpoint is no address of a server', 'write it as https://s3.example.org, without keys in it')
}

function text(settings: BackendSettings, key: string): string | undefined {
  const value = settings[key]
  if (value === undefined || (typeof value === 'string' && value !== '')) return value
  throw mistake(`${key} is not a text`, `set ${key} to a text, or remove it`)
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

function oneOf<T extends string>(settings: BackendSettings, key: string, choices: readonly T[]): T | undefined {
  const value = settings[key]
  if (value === undefined) return undefined
  const choice = choices.find((one) => one === value)
  if (choice !== undefined) return choice
  throw mistake(`${key} is none of ${choices.join(', ')}`, `set ${key} to one of them`)
}

function mistake(message: string, hint: string): BakthatError {
  return new BakthatError('INVALID_CONFIG', message, { hint })
}
