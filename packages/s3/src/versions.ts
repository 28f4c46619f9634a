import type { ObjectVersion } from '@aws-sdk/client-s3'

import type { Connection } from './connection.js'
import { listedKey } from './keys.js'

/** The versions of exactly that key that one request lists: the newest 1,000. */
export async function versionsOf(
  connection: Connection,
  key: string,
  signal: AbortSignal | undefined,
): Promise<readonly ObjectVersion[]> {
  const { Versions = [], EncodingType } = await connection.request(key, signal, (s3, options) =>
    s3.listObjectVersions({ Bucket: connection.bucket, Prefix: key, EncodingType: 'url' }, options),
  )
  return Versions.filter(({ Key }) => listedKey(Key, EncodingType) === key)
}
