import { randomUUID } from 'node:crypto'

import type { Answer } from '../../http/exchange.js'
import { checksumAlgorithms, multipartTypes } from '../checksums/algorithms.js'
import { bucketOf, xmlAnswer, type Call, type Operation } from '../call.js'
import { invalidArgument, notImplemented, S3Failure } from '../failure.js'
import { objectSettings, settingHeaders } from '../object-settings.js'
import type { Upload } from '../store/upload.js'
import { xml, xmlDocument } from '../xml/write.js'
import { actionsOfStoring, encryptionHeaders } from './put-object.js'

export const createMultipartUpload: Operation = {
  name: 'CreateMultipartUpload',
  method: 'POST',
  level: 'object',
  selectors: ['uploads'],
  headers: [...settingHeaders, 'x-amz-checksum-algorithm', 'x-amz-checksum-type'],
  action: actionsOfStoring,
  run: create,
}

function create(call: Call): Answer {
  const bucket = bucketOf(call)
  const upload: Upload = {
    id: bucket.newUploadId(randomUUID),
    key: call.key,
    initiated: call.now,
    settings: objectSettings(call, bucket),
    checksum: checksumOf(call),
    parts: new Map(),
  }
  bucket.uploads.set(upload.id, upload)
  const { checksum } = upload
  return xmlAnswer(
    xmlDocument('InitiateMultipartUploadResult', [
      xml('Bucket', bucket.name),
      xml('Key', call.key),
      xml('UploadId', upload.id),
    ]),
    {
      ...encryptionHeaders(upload.settings.headers),
      ...(checksum === undefined || checksum.isDefault
        ? {}
        : { 'x-amz-checksum-algorithm': checksum.algorithm, 'x-amz-checksum-type': checksum.type }),
    },
  )
}

function checksumOf({ headers, state }: Call): Upload['checksum'] {
  const { 'x-amz-checksum-algorithm': named, 'x-amz-checksum-type': type } = headers
  if (named === undefined) {
    if (type !== undefined)
      throw new S3Failure(
        'InvalidRequest',
        'The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.',
      )
    return state.features.defaultChecksum ? { algorithm: 'CRC64NVME', type: 'FULL_OBJECT', isDefault: true } : undefined
  }
  if (state.features.checksums === 'refused') throw notImplemented('x-amz-checksum-algorithm')
  const algorithm = checksumAlgorithms.find((one) => one === named.toUpperCase())
  if (algorithm === undefined)
    throw invalidArgument('x-amz-checksum-algorithm', named, 'Checksum algorithm provided is unsupported.')
  const found = multipartTypes[algorithm].find((one) => one === (type ?? multipartTypes[algorithm][0]))
  if (found !== undefined) return { algorithm, type: found, isDefault: false }
  throw new S3Failure(
    'InvalidRequest',
    `The ${String(type)} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
  )
}
