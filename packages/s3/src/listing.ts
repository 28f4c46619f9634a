import { isBakthatError } from '@bakthat/errors'
import { throwIfAborted, type BlobInfo } from '@bakthat/storage'

import type { Connection } from './connection.js'
import { isBlobName, locatorOf, type Place } from './keys.js'

interface Listed {
  readonly Key?: string | undefined
  readonly Size?: number | undefined
  readonly LastModified?: Date | undefined
}

/**
 * The objects whose keys begin with the prefix and `begin`, as S3 orders them: by the bytes of their keys. What cannot
 * be a blob, such as the empty objects that stand for directories in some consoles, is left out. A bucket that is not
 * there is empty.
 */
export async function* listBlobs(
  connection: Connection,
  prefix: string,
  begin: string,
  signal: AbortSignal | undefined,
): AsyncIterable<BlobInfo> {
  let token: string | undefined
  do {
    const page = await pageOf(connection, prefix + begin, token, signal)
    for (const object of page.objects) {
      throwIfAborted(signal)
      const blob = blobOf(object, prefix)
      if (blob !== undefined) yield blob
    }
    token = page.next
  } while (token !== undefined)
}

async function pageOf(
  connection: Connection,
  prefix: string,
  token: string | undefined,
  signal: AbortSignal | undefined,
): Promise<{ readonly objects: readonly Listed[]; readonly next: string | undefined }> {
  try {
    const { Contents, IsTruncated, NextContinuationToken } = await connection.request(
      undefined,
      signal,
      (s3, options) =>
        s3.listObjectsV2(
          {
            Bucket: connection.bucket,
            Prefix: prefix,
            EncodingType: 'url',
            ...(token === undefined ? {} : { ContinuationToken: token }),
          },
          options,
        ),
    )
    return { objects: Contents ?? [], next: IsTruncated === true ? NextContinuationToken : undefined }
  } catch (error) {
    if (isBakthatError(error, 'NOT_FOUND')) return { objects: [], next: undefined }
    throw error
  }
}

function blobOf({ Key, Size, LastModified }: Listed, prefix: string): BlobInfo | undefined {
  if (Key === undefined || Size === undefined) return undefined
  const place = placeOf(decodeURIComponent(Key.replaceAll('+', ' ')), prefix)
  if (place === undefined) return undefined
  return {
    name: place.name,
    size: Size,
    locator: locatorOf(place),
    ...(LastModified === undefined ? {} : { storedAt: LastModified }),
  }
}

function placeOf(key: string, prefix: string): Place | undefined {
  const name = key.slice(prefix.length)
  return isBlobName(name) ? { name, key } : undefined
}
