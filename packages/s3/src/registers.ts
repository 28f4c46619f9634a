import { randomUUID } from 'node:crypto'

import { foreignNameOf } from '@bakthat/aws'
import { BakthatError, isBakthatError } from '@bakthat/errors'
import { throwIfAborted, withAttempts, type CallOptions, type Registered, type ReplaceOptions } from '@bakthat/storage'

import type { Connection } from './connection.js'
import { lookFor } from './heads.js'
import { addressOf, type Place } from './keys.js'
import { nonceField, objectSettings } from './object-settings.js'
import type { S3Options } from './options.js'
import { crc32Of } from './parts.js'
import { spoken } from './spoken.js'

/** The bucket that registers lie in, as a backend was opened on it. */
export interface Registry {
  readonly connection: Connection
  readonly options: S3Options
}

/** One request, asked again as a whole where the connection breaks in the middle of the answer. */
export async function readRegister(
  { connection, options }: Registry,
  { key }: Place,
  { signal }: CallOptions,
): Promise<Registered> {
  const outcome = await withAttempts(options, signal, () => {
    let isAnswered = false
    const reading = connection.request(key, signal, async (s3, requestOptions) => {
      const answer = await s3.getObject({ Bucket: connection.bucket, Key: key }, requestOptions)
      const { Body, ETag } = spoken(connection, key, answer, answer.ETag)
      isAnswered = true
      return { bytes: (await Body?.transformToByteArray()) ?? new Uint8Array(), etag: ETag ?? '' }
    })
    return reading.catch((error: unknown) => {
      // Without an answer the SDK has asked as often as anybody should.
      if (isAnswered) throw error
      return { error }
    })
  })
  if ('error' in outcome) throw outcome.error
  return outcome
}

/**
 * One request with the condition in it, which S3 decides by itself:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export async function writeRegister(
  registry: Registry,
  place: Place,
  bytes: Uint8Array,
  { ifMatch, signal }: ReplaceOptions,
): Promise<{ readonly etag: string }> {
  const { connection, options } = registry
  const nonce = randomUUID()
  const checksums = connection.traits.checksums || options.objectLock !== undefined
  try {
    const answer = await connection.request(place.key, signal, (s3, requestOptions) =>
      s3.putObject(
        {
          ...objectSettings(options, nonce, 'metadata'),
          ...conditionOf(ifMatch),
          Bucket: connection.bucket,
          Key: place.key,
          Body: bytes,
          ContentLength: bytes.length,
          ...(checksums ? { ChecksumAlgorithm: 'CRC32', ChecksumCRC32: crc32Of(bytes) } : {}),
        },
        requestOptions,
      ),
    )
    return { etag: spoken(connection, place.key, answer, answer.ETag).ETag ?? '' }
  } catch (error) {
    if (ifMatch === undefined) throw error
    return await unlessOwn(registry, place, nonce, signal, error)
  }
}

/** What hides the object, where a bucket keeps versions, is a marker: older values do not come back to light. */
export async function eraseRegister(registry: Registry, place: Place, options: ReplaceOptions): Promise<void> {
  const { connection } = registry
  const { ifMatch, signal } = options
  const { key } = place
  if (ifMatch === null) return refuseAny(registry, place, options)
  let attempts = 1
  try {
    await connection.request(key, signal, async (s3, requestOptions) => {
      try {
        await s3.deleteObject({ Bucket: connection.bucket, Key: key, ...conditionOf(ifMatch) }, requestOptions)
      } catch (error) {
        attempts = (error as { $metadata?: { attempts?: number } }).$metadata?.attempts ?? 1
        throw error
      }
    })
  } catch (error) {
    const failure = ifMatch === undefined ? error : replacedOr(error, connection, key)
    // The first request may have removed it, and only its answer be lost.
    const isOpen = attempts > 1 && isBakthatError(failure, 'ALREADY_EXISTS')
    if (isOpen && (await lookFor(connection, place, signal)) === 'absent') return
    throw failure
  }
}

/** Where nothing is to be there, nothing is to be erased: S3 need not know that condition, and does not. */
async function refuseAny(registry: Registry, place: Place, options: CallOptions): Promise<void> {
  try {
    await readRegister(registry, place, options)
  } catch (error) {
    if (!isBakthatError(error, 'NOT_FOUND') || isWithoutBucket(error)) throw error
    return
  }
  throw replaced(registry.connection, place.key)
}

function conditionOf(ifMatch: ReplaceOptions['ifMatch']): { readonly IfMatch?: string; readonly IfNoneMatch?: '*' } {
  if (ifMatch === undefined) return {}
  return ifMatch === null ? { IfNoneMatch: '*' } : { IfMatch: ifMatch }
}

/**
 * The SDK repeats a request whose answer was lost, and the condition then meets the object that it made itself: the nonce
 * in the object's metadata tells.
 */
async function unlessOwn(
  { connection }: Registry,
  place: Place,
  nonce: string,
  signal: AbortSignal | undefined,
  error: unknown,
): Promise<{ readonly etag: string }> {
  throwIfAborted(signal)
  if (isBakthatError(error, 'ALREADY_EXISTS', 'UNAVAILABLE')) {
    const found = await lookFor(connection, place, signal)
    if (typeof found === 'object' && found.Metadata?.[nonceField] === nonce) return { etag: found.ETag ?? '' }
  }
  throw replacedOr(error, connection, place.key)
}

/**
 * The condition was not met, or somebody else was writing at the same moment, after which the value is to be read again, too:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html. Of an object that is not there S3 says that,
 * as it does of a bucket.
 */
function replacedOr(error: unknown, connection: Connection, key: string): unknown {
  const isRace = foreignNameOf(error) === 'ConditionalRequestConflict'
  if (!isRace && !isBakthatError(error, 'ALREADY_EXISTS', 'NOT_FOUND')) return error
  if (isWithoutBucket(error)) return error
  return replaced(connection, key, error)
}

function replaced({ bucket }: Connection, key: string, cause?: unknown): BakthatError {
  return new BakthatError('ALREADY_EXISTS', `${addressOf(bucket, key)} is not what it was`, {
    hint: 'somebody else changed it meanwhile: read it again, and decide anew',
    cause,
  })
}

/**
 * Has a bucket that is not there told as `INVALID_CONFIG`. S3 says it in the same way as that there is no such object, after which
 * a caller may go on.
 */
export async function inBucket<T>(call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (error) {
    if (!isWithoutBucket(error)) throw error
    const { message, hint } = error
    throw new BakthatError('INVALID_CONFIG', message, { ...(hint !== undefined && { hint }), cause: error })
  }
}

function isWithoutBucket(error: unknown): error is BakthatError {
  return isBakthatError(error, 'NOT_FOUND') && foreignNameOf(error) === 'NoSuchBucket'
}
