import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3'
import { foreignNameOf } from '@bakthat/aws'
import { BakthatError, isBakthatError } from '@bakthat/errors'

import type { Connection } from './connection.js'
import { addressOf, listedKey, type Place } from './keys.js'
import { spoken } from './spoken.js'

/** What S3 says of an object. */
export type Head = HeadObjectCommandOutput

/** Asks for an object; rejects with `NOT_FOUND` where there is none. */
export async function headOf(connection: Connection, place: Place, signal: AbortSignal | undefined): Promise<Head> {
  try {
    return await head(connection, place, signal)
  } catch (error) {
    if (isBakthatError(error, 'INVALID_INPUT')) return headOnceMore(connection, place, error, signal)
    const isRefused = isBakthatError(error, 'PERMISSION_DENIED') && place.versionId === undefined
    if (isRefused && (await isAbsent(connection, place, signal))) {
      throw new BakthatError('NOT_FOUND', `${addressOf(connection.bucket, place.key)} is not there`, { cause: error })
    }
    throw error
  }
}

/**
 * A refusal of HEAD has no words, and the keys may have expired: they are renewed, or found to be the reason, by a request
 * whose answer has words (https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html).
 */
async function headOnceMore(
  connection: Connection,
  place: Place,
  refusal: BakthatError,
  signal: AbortSignal | undefined,
): Promise<Head> {
  try {
    await firstKey(connection, place.key, signal)
  } catch (error) {
    throw foreignNameOf(error) === 'AccessDenied' ? refusal : error
  }
  return head(connection, place, signal)
}

/**
 * Whether a listing, which knows names and no versions, shows that there is no such object. S3 forbids to look at what is absent unless the whole bucket may be
 * listed: https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
 */
async function isAbsent(connection: Connection, place: Place, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    return (await firstKey(connection, place.key, signal)) !== place.key
  } catch (error) {
    if (isBakthatError(error, 'PERMISSION_DENIED')) return false
    throw error
  }
}

/** The first key that begins so, or of all: the smallest request whose refusal has words. */
export async function firstKey(
  connection: Connection,
  beginning: string | undefined,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const { Contents, EncodingType } = await connection.request(beginning, signal, (s3, options) =>
    s3.listObjectsV2({ Bucket: connection.bucket, Prefix: beginning, MaxKeys: 1, EncodingType: 'url' }, options),
  )
  return listedKey(Contents?.[0]?.Key, EncodingType)
}

async function head(connection: Connection, place: Place, signal: AbortSignal | undefined): Promise<Head> {
  const answer = await connection.request(place.key, signal, (s3, options) =>
    s3.headObject(
      {
        Bucket: connection.bucket,
        Key: place.key,
        ...(place.versionId === undefined ? {} : { VersionId: place.versionId }),
        ...(connection.traits.checksums ? { ChecksumMode: 'ENABLED' as const } : {}),
      },
      options,
    ),
  )
  return spoken(connection, place.key, answer, answer.ETag)
}

/**
 * The same, `'absent'` where there is none, and `'hidden'` where these credentials may not look: a writer need not be
 * able to read.
 */
export async function lookFor(
  connection: Connection,
  place: Place,
  signal: AbortSignal | undefined,
): Promise<Head | 'absent' | 'hidden'> {
  try {
    return await headOf(connection, place, signal)
  } catch (error) {
    if (isBakthatError(error, 'NOT_FOUND')) return 'absent'
    if (isBakthatError(error, 'PERMISSION_DENIED')) return 'hidden'
    throw error
  }
}
