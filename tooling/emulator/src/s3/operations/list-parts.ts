import type { Answer } from '../../http/exchange.js'
import { bucketOf, numberOf, xmlAnswer, type Call, type Operation } from '../call.js'
import type { Part, Upload } from '../store/upload.js'
import { findUpload } from '../uploads.js'
import { xml, xmlDocument, type Xml } from '../xml/write.js'
import { owner } from './list-objects.js'

export const listParts: Operation = {
  name: 'ListParts',
  method: 'GET',
  level: 'object',
  selectors: ['uploadId'],
  parameters: ['max-parts', 'part-number-marker'],
  action: 's3:ListMultipartUploadParts',
  run: list,
}

function list(call: Call): Answer {
  const upload = findUpload(call, bucketOf(call))
  const { page } = call.state.limits
  const limit = numberOf(call, 'max-parts', page, page)
  const marker = numberOf(call, 'part-number-marker', 0, Infinity)
  const left = [...upload.parts.values()]
    .filter(({ number }) => number > marker)
    .sort((one, other) => one.number - other.number)
  const shown = left.slice(0, limit)
  const isTruncated = left.length > limit
  return xmlAnswer(
    xmlDocument('ListPartsResult', [
      xml('Bucket', call.bucketName),
      xml('Key', upload.key),
      xml('UploadId', upload.id),
      xml('PartNumberMarker', marker),
      xml('NextPartNumberMarker', shown.at(-1)?.number ?? 0),
      xml('MaxParts', limit),
      xml('IsTruncated', isTruncated),
      xml('StorageClass', upload.settings.storageClass),
      ...checksumElements(upload),
      owner('Initiator'),
      owner(),
      ...shown.map((part) => partElement(part, upload)),
    ]),
  )
}

export function checksumElements({ checksum }: Upload): readonly (Xml | undefined)[] {
  if (checksum === undefined || checksum.isDefault) return []
  return [xml('ChecksumAlgorithm', checksum.algorithm), xml('ChecksumType', checksum.type)]
}

function partElement({ number, lastModified, etag, content, checksum }: Part, upload: Upload): Xml | undefined {
  return xml('Part', [
    xml('PartNumber', number),
    xml('LastModified', lastModified),
    xml('ETag', etag),
    xml('Size', content.size),
    upload.checksum === undefined || upload.checksum.isDefault
      ? undefined
      : xml(`Checksum${upload.checksum.algorithm}`, checksum),
  ])
}
