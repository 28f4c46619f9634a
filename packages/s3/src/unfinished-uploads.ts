import { foreignNameOf } from '@bakthat/aws'
import type { ListMultipartUploadsCommandOutput, ListPartsCommandOutput, Part as S3Part } from '@aws-sdk/client-s3'
import { BakthatError, isBakthatError } from '@bakthat/errors'
import type { Leftover } from '@bakthat/storage'

import type { Connection } from './connection.js'
import { blobKey, listedKey, locatorOf, placeOfLocator } from './keys.js'

/** An upload in parts that was begun and neither completed nor aborted. */
export interface UnfinishedUpload {
  readonly name: string
  readonly key: string
  readonly uploadId: string
  readonly begunAt?: Date
}

/** Those whose keys begin so; `prefix` is the part of it that is the backend's own. A bucket that is not there has none. */
export async function* unfinishedUploads(
  connection: Connection,
  prefix: string,
  begin: string,
  signal: AbortSignal | undefined,
): AsyncIterable<UnfinishedUpload> {
  let marker: Marker | undefined = {}
  while (marker !== undefined) {
    const page: ListMultipartUploadsCommandOutput = await pageOf(connection, prefix + begin, marker, signal)
    for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
      const place = blobKey(prefix, listedKey(Key, page.EncodingType))
      if (place === undefined || UploadId === undefined) continue
      yield { ...place, uploadId: UploadId, ...(Initiated === undefined ? {} : { begunAt: Initiated }) }
    }
    marker = nextOf(page, marker)
  }
}

interface Marker {
  readonly KeyMarker?: string
  readonly UploadIdMarker?: string
}

function pageOf(
  connection: Connection,
  prefix: string,
  marker: Marker,
  signal: AbortSignal | undefined,
): Promise<ListMultipartUploadsCommandOutput> {
  return connection.request(undefined, signal, (s3, options) =>
    s3.listMultipartUploads({ Bucket: connection.bucket, Prefix: prefix, EncodingType: 'url', ...marker }, options),
  )
}

/** Markers come back encoded as the keys do, and are sent as they are. From a server that does not get on no more is to be had. */
function nextOf(
  { EncodingType, IsTruncated, NextKeyMarker, NextUploadIdMarker }: ListMultipartUploadsCommandOutput,
  last: Marker,
): Marker | undefined {
  const KeyMarker = listedKey(NextKeyMarker, EncodingType)
  const isStuck = KeyMarker === last.KeyMarker && NextUploadIdMarker === last.UploadIdMarker
  if (IsTruncated !== true || KeyMarker === undefined || isStuck) return undefined
  return { KeyMarker, ...(NextUploadIdMarker === undefined ? {} : { UploadIdMarker: NextUploadIdMarker }) }
}

/** Aborts an upload. That it is gone already is a success. */
export async function abortUpload(
  connection: Connection,
  key: string,
  uploadId: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await connection.request(key, signal, (s3, options) =>
      s3.abortMultipartUpload({ Bucket: connection.bucket, Key: key, UploadId: uploadId }, options),
    )
  } catch (error) {
    if (!isGone(error)) throw error
  }
}

function isGone(error: unknown): boolean {
  return isBakthatError(error, 'NOT_FOUND') || foreignNameOf(error) === 'NoSuchUpload'
}

/**
 * For people, and with the id that {@link keyAndUploadOf} understands: written as a locator, with the upload for a version.
 * `undefined` where the upload is gone by now.
 */
export async function leftoverOf(
  connection: Connection,
  upload: UnfinishedUpload,
  signal: AbortSignal | undefined,
): Promise<Leftover | undefined> {
  const { name, key, uploadId } = upload
  const writtenAt = await lastWritten(connection, upload, signal)
  if (writtenAt === 'gone') return undefined
  return {
    id: locatorOf({ name, key, versionId: uploadId }),
    name,
    kind: 'unfinished upload',
    ...(writtenAt === undefined ? {} : { writtenAt }),
  }
}

/**
 * When the newest part of an upload came: one that was begun a week ago may be the first backup of many terabytes, and under
 * way. `undefined` where these credentials may not ask, or the server does not say. One request for each 1,000 parts.
 */
async function lastWritten(
  connection: Connection,
  { key, uploadId, begunAt }: UnfinishedUpload,
  signal: AbortSignal | undefined,
): Promise<Date | 'gone' | undefined> {
  try {
    let newest = begunAt
    for await (const { LastModified: time } of partsOf(connection, key, uploadId, signal))
      if (time !== undefined && (newest === undefined || time > newest)) newest = time
    return newest
  } catch (error) {
    if (isBakthatError(error, 'PERMISSION_DENIED', 'UNSUPPORTED')) return undefined
    if (isGone(error)) return 'gone'
    throw error
  }
}

async function* partsOf(
  connection: Connection,
  key: string,
  uploadId: string,
  signal: AbortSignal | undefined,
): AsyncIterable<S3Part> {
  let marker: string | undefined
  do {
    const at = marker === undefined ? {} : { PartNumberMarker: marker }
    const page: ListPartsCommandOutput = await connection.request(key, signal, (s3, options) =>
      s3.listParts({ Bucket: connection.bucket, Key: key, UploadId: uploadId, ...at }, options),
    )
    yield* page.Parts ?? []
    const next = page.IsTruncated === true ? page.NextPartNumberMarker : undefined
    marker = next === marker ? undefined : next
  } while (marker !== undefined)
}

/** Throws `INVALID_INPUT` for what is no id of a leftover. */
export function keyAndUploadOf(prefix: string, id: string): { readonly key: string; readonly uploadId: string } {
  const { key, versionId } = placeOfLocator(prefix, id)
  if (versionId !== undefined) return { key, uploadId: versionId }
  throw new BakthatError('INVALID_INPUT', `not an unfinished upload: ${JSON.stringify(id.slice(0, 80))}`)
}
