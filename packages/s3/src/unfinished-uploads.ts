import type { ListMultipartUploadsCommandOutput } from '@aws-sdk/client-s3'
import { BakthatError, isBakthatError } from '@bakthat/errors'
import type { Leftover } from '@bakthat/storage'

import type { Connection } from './connection.js'
import { foreignNameOf } from './failures.js'
import { blobKey, locatorOf, placeOfLocator } from './keys.js'

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
  let marker: { readonly KeyMarker?: string; readonly UploadIdMarker?: string } | undefined = {}
  while (marker !== undefined) {
    const page: ListMultipartUploadsCommandOutput = await pageOf(connection, prefix + begin, marker, signal)
    for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
      const place = blobKey(prefix, Key)
      if (place === undefined || UploadId === undefined) continue
      yield { ...place, uploadId: UploadId, ...(Initiated === undefined ? {} : { begunAt: Initiated }) }
    }
    marker = nextOf(page)
  }
}

async function pageOf(
  connection: Connection,
  prefix: string,
  marker: { readonly KeyMarker?: string; readonly UploadIdMarker?: string },
  signal: AbortSignal | undefined,
): Promise<ListMultipartUploadsCommandOutput> {
  try {
    return await connection.request(undefined, signal, (s3, options) =>
      s3.listMultipartUploads({ Bucket: connection.bucket, Prefix: prefix, EncodingType: 'url', ...marker }, options),
    )
  } catch (error) {
    if (isBakthatError(error, 'NOT_FOUND')) return { $metadata: {} }
    throw error
  }
}

/** Markers come back encoded as the keys do, and are sent as they are. */
function nextOf({
  IsTruncated,
  NextKeyMarker,
  NextUploadIdMarker,
}: ListMultipartUploadsCommandOutput): { readonly KeyMarker?: string; readonly UploadIdMarker?: string } | undefined {
  if (IsTruncated !== true || NextKeyMarker === undefined) return undefined
  const KeyMarker = decodeURIComponent(NextKeyMarker.replaceAll('+', ' '))
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
    if (!isBakthatError(error, 'NOT_FOUND') && foreignNameOf(error) !== 'NoSuchUpload') throw error
  }
}

/** For people, and with the id that {@link keyAndUploadOf} understands: written as a locator, with the upload for a version. */
export function leftoverOf({ name, key, uploadId, begunAt }: UnfinishedUpload): Leftover {
  return {
    id: locatorOf({ name, key, versionId: uploadId }),
    name,
    kind: 'unfinished upload',
    ...(begunAt === undefined ? {} : { begunAt }),
  }
}

/** Throws `INVALID_INPUT` for what is no id of a leftover. */
export function keyAndUploadOf(prefix: string, id: string): { readonly key: string; readonly uploadId: string } {
  const { key, versionId } = placeOfLocator(prefix, id)
  if (versionId !== undefined) return { key, uploadId: versionId }
  throw new BakthatError('INVALID_INPUT', `not an unfinished upload: ${JSON.stringify(id.slice(0, 80))}`)
}
