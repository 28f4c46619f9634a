import { may, type Call } from './call.js'
import { S3Failure } from './failure.js'
import type { Bucket } from './store/bucket.js'
import type { Checksum, ObjectVersion, Version } from './store/version.js'

/** The version that a request is about. Nothing there, or a delete marker, throws what S3 says of it. */
export function findObject(call: Call, bucket: Bucket): ObjectVersion {
  const versionId = call.query.get('versionId')
  const version = versionId === undefined ? bucket.current(call.key) : findVersion(bucket, call.key, versionId)
  if (version === undefined) throw noSuchKey(call)
  if (!version.isMarker) return version
  const headers = { 'x-amz-delete-marker': 'true', ...versionHeader(bucket, version) }
  if (versionId === undefined) throw noSuchKey(call, headers)
  throw new S3Failure(
    'MethodNotAllowed',
    'The specified method is not allowed against this resource.',
    {},
    {
      ...headers,
      'last-modified': version.lastModified.toUTCString(),
      allow: 'DELETE',
    },
  )
}

function findVersion(bucket: Bucket, key: string, versionId: string): Version {
  const found = bucket.versions(key).find((version) => version.versionId === versionId)
  if (found !== undefined) return found
  throw new S3Failure('NoSuchVersion', 'The specified version does not exist.', { Key: key, VersionId: versionId })
}

/** Whoever may not list a bucket is not told what is missing in it. */
function noSuchKey(call: Call, headers: Readonly<Record<string, string>> = {}): S3Failure {
  if (!may(call, 's3:ListBucket', undefined)) return new S3Failure('AccessDenied', 'Access Denied')
  return new S3Failure('NoSuchKey', 'The specified key does not exist.', { Key: call.key }, headers)
}

/** Buckets that never had versions do not speak of them. */
export function versionHeader(bucket: Bucket, { versionId }: Version): Record<string, string> {
  return bucket.versioning === undefined ? {} : { 'x-amz-version-id': versionId }
}

export function checksumHeaders(checksum: Checksum | undefined): Record<string, string> {
  if (checksum === undefined) return {}
  return {
    [`x-amz-checksum-${checksum.algorithm.toLowerCase()}`]: checksum.value,
    'x-amz-checksum-type': checksum.type,
  }
}
