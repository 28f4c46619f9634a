import { bucketOf, type Operation } from '../call.js'
import { endUpload, findUpload } from '../uploads.js'

export const abortMultipartUpload: Operation = {
  name: 'AbortMultipartUpload',
  method: 'DELETE',
  level: 'object',
  selectors: ['uploadId'],
  action: 's3:AbortMultipartUpload',
  run: (call) => {
    const bucket = bucketOf(call)
    endUpload(bucket, findUpload(call, bucket))
    return { status: 204 }
  },
}
