import { createHash } from 'node:crypto'

import type { Answer } from '../../http/exchange.js'
import { checksumAlgorithms, checksumOfParts } from '../checksums/algorithms.js'
import { bucketOf, documentOf, xmlAnswer, type Call, type Operation } from '../call.js'
import { S3Failure } from '../failure.js'
import { findPart, parseParts, type NamedPart } from '../named-parts.js'
import { versionHeader } from '../objects.js'
import { joined } from '../store/other-contents.js'
import type { Part, Upload } from '../store/upload.js'
import type { Checksum } from '../store/version.js'
import { endUpload, findUpload } from '../uploads.js'
import { writeCondition } from '../write-condition.js'
import { xml, xmlDocument } from '../xml/write.js'
import { encryptionHeaders, storeObject } from './put-object.js'

export const completeMultipartUpload: Operation = {
  name: 'CompleteMultipartUpload',
  method: 'POST',
  level: 'object',
  selectors: ['uploadId'],
  headers: ['if-match', 'if-none-match', 'x-amz-checksum-', 'x-amz-mp-object-size'],
  action: 's3:PutObject',
  run: complete,
}

async function complete(call: Call): Promise<Answer> {
  const bucket = bucketOf(call)
  const checkAgain = writeCondition(call)
  findUpload(call, bucket)
  const named = parseParts(await documentOf({ ...call, headers: withoutChecksums(call) }, 'CompleteMultipartUpload'))
  const upload = findUpload(call, bucket)
  const parts = named.map((part) => findPart(upload, part))
  checkSizes(call, parts)
  checkPartChecksums(upload, named)
  const checksum = checksumOf(upload, parts)
  checkClaimed(call, upload, checksum)
  checkAgain()
  // Dated by its beginning: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
  const version = storeObject({ ...call, now: upload.initiated }, bucket, upload.settings, {
    content: joined(parts.map(({ content }) => content)),
    etag: etagOf(parts),
    // One that nobody asked for is answered and not kept: https://github.com/versity/versitygw/issues/1547
    checksum: upload.checksum?.isDefault === true ? undefined : checksum,
    parts: parts.map(({ number, content, checksum }) => ({ number, size: content.size, checksum })),
  })
  endUpload(bucket, upload, new Set(parts.map(({ number }) => number)))
  return xmlAnswer(
    xmlDocument('CompleteMultipartUploadResult', [
      xml('Location', `http://${call.headers.host ?? ''}${call.request.path}`),
      xml('Bucket', bucket.name),
      xml('Key', call.key),
      xml('ETag', version.etag),
      ...(checksum === undefined
        ? []
        : [
            xml(`Checksum${checksum.algorithm}`, (version.checksum ?? checksum).value),
            xml('ChecksumType', checksum.type),
          ]),
    ]),
    { ...versionHeader(bucket, version), ...encryptionHeaders(version.headers) },
  )
}

/** Checksums of this request are those of the object, not of the document that it carries. */
function withoutChecksums({ headers }: Call): Call['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('x-amz-checksum-')))
}

function checkSizes({ headers, state }: Call, parts: readonly Part[]): void {
  const { smallestPart, largestObject } = state.limits
  const small = parts.slice(0, -1).find(({ content }) => content.size < smallestPart)
  if (small !== undefined) {
    throw new S3Failure('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', {
      ProposedSize: String(small.content.size),
      MinSizeAllowed: String(smallestPart),
      PartNumber: String(small.number),
      ETag: small.etag.replaceAll('"', ''),
    })
  }
  const size = parts.reduce((sum, { content }) => sum + content.size, 0)
  if (size > largestObject)
    throw new S3Failure('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed object size.')
  const claimed = headers['x-amz-mp-object-size']
  if (claimed !== undefined && claimed !== String(size)) {
    throw new S3Failure(
      'InvalidRequest',
      `The provided 'x-amz-mp-object-size' header value ${claimed} does not match what was computed: ${size}`,
    )
  }
}

function checkPartChecksums({ checksum }: Upload, parts: readonly NamedPart[]): void {
  if (checksum?.type !== 'COMPOSITE') return
  const missing = parts.find(({ checksums }) => checksums[checksum.algorithm] === undefined)
  if (missing === undefined) return
  throw new S3Failure(
    'InvalidRequest',
    `The upload was created using a ${checksum.algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${missing.number} in the request.`,
  )
}

function checksumOf({ checksum }: Upload, parts: readonly Part[]): Checksum | undefined {
  if (checksum === undefined) return undefined
  const { algorithm, type } = checksum
  const ofParts = parts.map(({ checksum: value, content }) => ({ value: value!, size: content.size }))
  return { algorithm, type, value: checksumOfParts(algorithm, type, ofParts) }
}

function checkClaimed({ headers }: Call, upload: Upload, checksum: Checksum | undefined): void {
  const type = headers['x-amz-checksum-type']
  if (type !== undefined && type !== checksum?.type) {
    throw new S3Failure(
      'BadDigest',
      `The provided checksum type ${type} does not match that of the upload: ${String(checksum?.type)}`,
    )
  }
  for (const algorithm of checksumAlgorithms) {
    const claimed = headers[`x-amz-checksum-${algorithm.toLowerCase()}`]
    if (claimed === undefined) continue
    if (algorithm !== checksum?.algorithm) {
      throw new S3Failure(
        'InvalidRequest',
        `The upload ${upload.id} was not created with the ${algorithm} checksum algorithm`,
      )
    }
    if (claimed !== checksum.value)
      throw new S3Failure('BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`)
  }
}

/** The MD5 of the parts' MD5s, and how many there are. */
function etagOf(parts: readonly Part[]): string {
  const md5 = createHash('md5')
  for (const { etag } of parts) md5.update(Buffer.from(etag.replaceAll('"', ''), 'hex'))
  return `"${md5.digest('hex')}-${parts.length}"`
}
