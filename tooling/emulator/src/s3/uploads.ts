import type { Call } from './call.js'
import { S3Failure } from './failure.js'
import type { Bucket } from './store/bucket.js'
import type { Upload } from './store/upload.js'

/** The upload that a request names, which has to be of its key. */
export function findUpload({ query, key }: Call, bucket: Bucket): Upload {
  const upload = bucket.uploads.get(query.get('uploadId') ?? '')
  if (upload?.key === key) return upload
  throw new S3Failure(
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    {
      UploadId: query.get('uploadId') ?? '',
    },
  )
}

/** Forgets an upload; its parts are freed unless an object is made of them. */
export function endUpload(bucket: Bucket, upload: Upload, kept: ReadonlySet<number> = new Set()): void {
  bucket.uploads.delete(upload.id)
  for (const { number, content } of upload.parts.values()) if (!kept.has(number)) content.release()
}
