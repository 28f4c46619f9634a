import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3'
import { isBakthatError } from '@bakthat/errors'

import type { Connection } from './connection.js'
import type { Place } from './keys.js'

/** What S3 says of an object. */
export type Head = HeadObjectCommandOutput

/** Asks for an object; rejects with `NOT_FOUND` where there is none. */
export async function headOf(connection: Connection, place: Place, signal: AbortSignal | undefined): Promise<Head> {
  return connection.request(place.key, signal, (s3, options) =>
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
