import { isBakthatError } from '@bakthat/errors'

import { removeObject } from './confirmation.js'
import type { Connection } from './connection.js'
import { lookFor } from './heads.js'
import type { Place } from './keys.js'

/**
 * Removes an object, and the uploads of that key that were never finished. In a bucket that keeps versions it is the
 * version that goes, not only its name: the one that the place tells, else the newest.
 */
export async function removeBlob(connection: Connection, place: Place, signal: AbortSignal | undefined): Promise<void> {
  const version = await versionOf(connection, place, signal)
  if (version !== undefined) await unlessGone(removeObject(connection, version, signal))
  await abortUploads(connection, place, signal)
}

async function versionOf(
  connection: Connection,
  place: Place,
  signal: AbortSignal | undefined,
): Promise<Place | undefined> {
  if (place.versionId !== undefined) return place
  const found = await lookFor(connection, place, signal)
  if (found === 'absent') return undefined
  if (found === 'hidden' || found.VersionId === undefined) return place
  return { ...place, versionId: found.VersionId }
}

/** Servers that cannot list uploads, and credentials that may not, are no reason to fail: the object is gone. */
async function abortUploads(connection: Connection, { key }: Place, signal: AbortSignal | undefined): Promise<void> {
  try {
    for (const uploadId of await uploadsOf(connection, key, signal)) {
      const abortion = connection.request(key, signal, (s3, options) =>
        s3.abortMultipartUpload({ Bucket: connection.bucket, Key: key, UploadId: uploadId }, options),
      )
      await unlessGone(abortion)
    }
  } catch (error) {
    if (!isBakthatError(error, 'PERMISSION_DENIED', 'UNSUPPORTED', 'NOT_FOUND')) throw error
  }
}

async function uploadsOf(connection: Connection, key: string, signal: AbortSignal | undefined): Promise<string[]> {
  const { Uploads = [] } = await connection.request(key, signal, (s3, options) =>
    s3.listMultipartUploads({ Bucket: connection.bucket, Prefix: key }, options),
  )
  return Uploads.flatMap(({ Key, UploadId }) => (Key === key && UploadId !== undefined ? [UploadId] : []))
}

async function unlessGone(request: Promise<unknown>): Promise<void> {
  try {
    await request
  } catch (error) {
    if (isBakthatError(error, 'NOT_FOUND')) return
    throw error
  }
}
