import { BakthatError, isBakthatError } from '@bakthat/errors'
import { throwIfAborted, type BlobInfo } from '@bakthat/storage'

import type { Connection } from './connection.js'
import { addressOf, blobKey, listedKey, locatorOf } from './keys.js'
import { spoken } from './spoken.js'
import { keeping, type Kept } from './storage-classes.js'

interface Listed extends Omit<Kept, 'ObjectLockRetainUntilDate' | 'ObjectLockLegalHoldStatus'> {
  readonly Key?: string | undefined
  readonly Size?: number | undefined
}

/**
 * The objects whose keys begin with the prefix and `begin`, as S3 orders them: by the bytes of their keys. What cannot
 * be a blob, such as the empty objects that stand for directories in some consoles, is left out. `NOT_FOUND` where there is no
 * such bucket. Listings know nothing of locks.
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
      const blob = blobOf(connection, object, prefix)
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
  const answer = await connection.request(undefined, signal, (s3, options) =>
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
  const { Contents, EncodingType, IsTruncated, NextContinuationToken, KeyCount, Name } = answer
  spoken(connection, undefined, answer, Contents, IsTruncated, KeyCount, Name)
  const isStuck = NextContinuationToken === undefined || NextContinuationToken === token
  if (IsTruncated === true && isStuck) throw incomplete(connection)
  const objects = (Contents ?? []).map((object) => ({ ...object, Key: keyOf(object.Key, EncodingType) }))
  return { objects, next: IsTruncated === true ? NextContinuationToken : undefined }
}

/** A key that is no text, which other programs may have, is none of ours. */
function keyOf(listed: string | undefined, encoding: string | undefined): string | undefined {
  try {
    return listedKey(listed, encoding)
  } catch (error) {
    if (!isBakthatError(error, 'INVALID_INPUT')) throw error
    return undefined
  }
}

/** What is listed in part would be taken for all there is. */
function incomplete({ bucket }: Connection): BakthatError {
  return new BakthatError('UNAVAILABLE', `${addressOf(bucket)} cannot be listed: the server ended in the middle`, {
    hint: 'try again; if it happens again, this server cannot be used',
  })
}

function blobOf(connection: Connection, { Key, Size, ...kept }: Listed, prefix: string): BlobInfo | undefined {
  const place = blobKey(prefix, Key)
  if (place === undefined || Size === undefined) return undefined
  return { name: place.name, size: Size, locator: locatorOf(place), ...keeping(connection.traits, kept) }
}
