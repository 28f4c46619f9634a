import type { Answer } from '../../http/exchange.js'
import { claimsOf, type Claims } from '../body/claims.js'
import { receive } from '../body/receive.js'
import { bucketOf, type Call, type Operation } from '../call.js'
import { checksumOf } from '../checksums/of-content.js'
import { invalidArgument, S3Failure } from '../failure.js'
import type { Content } from '../store/contents.js'
import { damaged } from '../store/other-contents.js'
import type { Upload } from '../store/upload.js'
import { findUpload } from '../uploads.js'
import { bodyHeaders } from './common.js'
import { checkBody, encryptionHeaders } from './put-object.js'

export const uploadPart: Operation = {
  name: 'UploadPart',
  method: 'PUT',
  level: 'object',
  selectors: ['partNumber', 'uploadId'],
  headers: bodyHeaders,
  action: 's3:PutObject',
  run: put,
}

async function put(call: Call): Promise<Answer> {
  const bucket = bucketOf(call)
  const upload = findUpload(call, bucket)
  const number = partNumber(call)
  const claims = claimsOf(call.headers, call.payload)
  checkBody(call, claims, upload.settings)
  checkAlgorithm(claims, upload)
  const algorithm = claims.algorithm ?? upload.checksum?.algorithm
  const { content, md5, checksum } = await receive(call.payload, claims, call.state.newContent(), algorithm)
  if (bucket.uploads.get(upload.id) !== upload) {
    content.release()
    findUpload(call, bucket)
  }
  const kept = call.damage === undefined ? content : damaged(content, call.damage)
  upload.parts.get(number)?.content.release()
  upload.parts.set(number, {
    number,
    etag: `"${md5}"`,
    content: kept,
    lastModified: call.now,
    checksum: checksumOfPart(
      upload,
      kept,
      kept === content && algorithm === upload.checksum?.algorithm ? checksum : undefined,
    ),
  })
  return {
    status: 200,
    headers: {
      etag: `"${md5}"`,
      ...(algorithm === undefined ? {} : { [`x-amz-checksum-${algorithm.toLowerCase()}`]: checksum! }),
      ...encryptionHeaders(upload.settings.headers),
    },
  }
}

function partNumber({ query, state }: Call): number {
  const text = query.get('partNumber')!
  const most = state.limits.parts
  if (/^\d{1,9}$/.test(text) && Number(text) >= 1 && Number(text) <= most) return Number(text)
  throw invalidArgument('partNumber', text, `Part number must be an integer between 1 and ${most}, inclusive`)
}

/**
 * As Amazon's server was seen to do it: a composite checksum needs those of the parts, and where an algorithm was agreed
 * on, no other is taken. Where none was, each part may have its own: it is verified, and not kept.
 */
function checkAlgorithm({ algorithm }: Claims, { checksum }: Upload): void {
  if (checksum === undefined || checksum.isDefault || algorithm === checksum.algorithm) return
  if (algorithm === undefined && checksum.type === 'FULL_OBJECT') return
  const [expected, actual] = [checksum.algorithm.toLowerCase(), algorithm?.toLowerCase() ?? 'null']
  throw new S3Failure(
    'InvalidRequest',
    `Checksum Type mismatch occurred, expected checksum Type: ${expected}, actual checksum Type: ${actual}`,
  )
}

function checksumOfPart({ checksum }: Upload, content: Content, known: string | undefined): string | undefined {
  return checksum === undefined ? undefined : (known ?? checksumOf(checksum.algorithm, content))
}
