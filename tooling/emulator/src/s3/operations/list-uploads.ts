import type { Answer } from '../../http/exchange.js'
import { bucketOf, numberOf, xmlAnswer, type Call, type Operation } from '../call.js'
import { pageOf, type Item } from '../paging.js'
import { compareKeys, type Bucket } from '../store/bucket.js'
import type { Upload } from '../store/upload.js'
import { xml, xmlDocument, type Xml } from '../xml/write.js'
import { commonPrefix, encoder, owner } from './list-objects.js'
import { checksumElements } from './list-parts.js'

export const listMultipartUploads: Operation = {
  name: 'ListMultipartUploads',
  method: 'GET',
  level: 'bucket',
  selectors: ['uploads'],
  parameters: ['delimiter', 'encoding-type', 'key-marker', 'max-uploads', 'prefix', 'upload-id-marker'],
  action: 's3:ListBucketMultipartUploads',
  run: list,
}

interface Entry {
  readonly key: string
  readonly uploadId: string
  readonly element: Xml | undefined
}

function list(call: Call): Answer {
  const bucket = bucketOf(call)
  const encode = encoder(call)
  const { page } = call.state.limits
  const limit = numberOf(call, 'max-uploads', page, page)
  const keyMarker = call.query.get('key-marker') ?? ''
  const idMarker = call.query.get('upload-id-marker') ?? ''
  const left = entries(call, bucket)
  const index = left.findIndex(({ key, uploadId }) => isAfter(key, uploadId, keyMarker, idMarker))
  const rest = index === -1 ? [] : left.slice(index)
  const shown = rest.slice(0, limit)
  const isTruncated = rest.length > limit && limit > 0
  const last = shown.at(-1)
  return xmlAnswer(
    xmlDocument('ListMultipartUploadsResult', [
      xml('Bucket', bucket.name),
      xml('KeyMarker', encode(keyMarker)),
      xml('UploadIdMarker', idMarker),
      xml('NextKeyMarker', encode(last?.key ?? '')),
      xml('NextUploadIdMarker', last?.uploadId ?? ''),
      xml('Prefix', encode(call.query.get('prefix') ?? '')),
      call.query.has('delimiter') ? xml('Delimiter', encode(call.query.get('delimiter')!)) : undefined,
      xml('EncodingType', call.query.get('encoding-type')),
      xml('MaxUploads', limit),
      xml('IsTruncated', isTruncated),
      ...shown.map(({ element }) => element),
    ]),
  )
}

/** Of one key the older upload first. */
function entries(call: Call, bucket: Bucket): readonly Entry[] {
  const uploads = [...bucket.uploads.values()]
  const keys = [...new Set(uploads.map(({ key }) => key))].sort(compareKeys)
  const wanted = { prefix: call.query.get('prefix') ?? '', delimiter: call.query.get('delimiter') ?? '' }
  const { items } = pageOf(keys, { ...wanted, after: '', limit: Infinity })
  return items.flatMap((item) =>
    item.isPrefix
      ? [rolledUp(call, item)]
      : uploads.filter(({ key }) => key === item.name).map((upload) => entry(call, upload)),
  )
}

function rolledUp(call: Call, item: Item): Entry {
  return { key: item.name, uploadId: '', element: commonPrefix(item, encoder(call)) }
}

function entry(call: Call, upload: Upload): Entry {
  return {
    key: upload.key,
    uploadId: upload.id,
    element: xml('Upload', [
      xml('Key', encoder(call)(upload.key)),
      xml('UploadId', upload.id),
      owner('Initiator'),
      owner(),
      xml('StorageClass', upload.settings.storageClass),
      xml('Initiated', upload.initiated),
      ...checksumElements(upload),
    ]),
  }
}

/** Without an upload id, a marker stands for all uploads of its key. */
function isAfter(key: string, uploadId: string, keyMarker: string, idMarker: string): boolean {
  const order = compareKeys(key, keyMarker)
  return order > 0 || (order === 0 && idMarker !== '' && uploadId > idMarker)
}
