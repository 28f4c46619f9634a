import { uriEncode } from '../../http/uri.js'
import type { Answer } from '../../http/exchange.js'
import { bucketOf, numberOf, xmlAnswer, type Call, type Operation } from '../call.js'
import { invalidArgument } from '../failure.js'
import { pageOf, type Item, type Page } from '../paging.js'
import { coldness, restoreState } from '../restore.js'
import { account } from '../state.js'
import type { Bucket } from '../store/bucket.js'
import type { ObjectVersion } from '../store/version.js'
import { xml, xmlDocument, type Xml } from '../xml/write.js'

const shared = {
  method: 'GET',
  level: 'bucket',
  headers: ['x-amz-optional-object-attributes'],
  action: 's3:ListBucket',
} as const

export const listObjects: Operation = {
  ...shared,
  name: 'ListObjects',
  parameters: ['delimiter', 'encoding-type', 'marker', 'max-keys', 'prefix'],
  run: listV1,
}

export const listObjectsV2: Operation = {
  ...shared,
  name: 'ListObjectsV2',
  selectors: ['list-type'],
  parameters: ['continuation-token', 'delimiter', 'encoding-type', 'fetch-owner', 'max-keys', 'prefix', 'start-after'],
  run: listV2,
}

function listV1(call: Call): Answer {
  const marker = call.query.get('marker') ?? ''
  const { page, encode, common, contents } = list(call, marker, true)
  const last = page.items.at(-1)?.name
  const hasDelimiter = call.query.has('delimiter')
  return xmlAnswer(
    xmlDocument('ListBucketResult', [
      ...common,
      xml('Marker', encode(marker)),
      page.isTruncated && hasDelimiter && last !== undefined ? xml('NextMarker', encode(last)) : undefined,
      ...contents,
    ]),
  )
}

function listV2(call: Call): Answer {
  if (call.query.get('list-type') !== '2')
    throw invalidArgument('list-type', call.query.get('list-type')!, 'Invalid List Type specified in Query')
  const token = call.query.get('continuation-token')
  const startAfter = call.query.get('start-after')
  const after = token === undefined ? (startAfter ?? '') : readToken(token)
  const { page, encode, common, contents } = list(call, after, call.query.get('fetch-owner') === 'true')
  const last = page.items.at(-1)?.name
  return xmlAnswer(
    xmlDocument('ListBucketResult', [
      ...common,
      xml('KeyCount', page.items.length),
      xml('ContinuationToken', token),
      page.isTruncated && last !== undefined ? xml('NextContinuationToken', writeToken(last)) : undefined,
      startAfter === undefined ? undefined : xml('StartAfter', encode(startAfter)),
      ...contents,
    ]),
  )
}

function writeToken(last: string): string {
  return Buffer.from(`1${last}`).toString('base64')
}

function readToken(token: string): string {
  const text = Buffer.from(token, 'base64').toString()
  if (text.startsWith('1') && writeToken(text.slice(1)) === token) return text.slice(1)
  throw invalidArgument('continuation-token', token, 'The continuation token provided is incorrect')
}

interface Listed {
  readonly page: Page
  readonly encode: (text: string) => string
  readonly common: readonly (Xml | undefined)[]
  readonly contents: readonly (Xml | undefined)[]
}

function list(call: Call, after: string, showsOwner: boolean): Listed {
  const bucket = bucketOf(call)
  const encode = encoder(call)
  const limit = numberOf(call, 'max-keys', call.state.limits.page, call.state.limits.page)
  const prefix = call.query.get('prefix') ?? ''
  const delimiter = call.query.get('delimiter') ?? ''
  const current = bucket.keys.filter((key) => bucket.current(key)?.isMarker === false)
  const page = pageOf(current, { prefix, delimiter, after, limit })
  return {
    page,
    encode,
    common: [
      xml('Name', bucket.name),
      xml('Prefix', encode(prefix)),
      call.query.has('delimiter') ? xml('Delimiter', encode(delimiter)) : undefined,
      xml('MaxKeys', limit),
      xml('EncodingType', call.query.get('encoding-type')),
      xml('IsTruncated', page.isTruncated),
    ],
    contents: page.items.map((item) =>
      item.isPrefix ? commonPrefix(item, encode) : contentsOf(call, bucket, item, encode, showsOwner),
    ),
  }
}

/** Keys of all characters survive XML only in the form of URLs, in which S3 writes `+` for a space. */
export function encoder({ query }: Call): (text: string) => string {
  const kind = query.get('encoding-type')
  if (kind === undefined) return (text) => text
  if (kind !== 'url') throw invalidArgument('encoding-type', kind, 'Invalid Encoding Method specified in Request')
  return (text) => uriEncode(text).replaceAll('%2F', '/').replaceAll('%20', '+')
}

export function commonPrefix({ name }: Item, encode: (text: string) => string): Xml | undefined {
  return xml('CommonPrefixes', [xml('Prefix', encode(name))])
}

function contentsOf(
  call: Call,
  bucket: Bucket,
  { name }: Item,
  encode: (text: string) => string,
  showsOwner: boolean,
): Xml | undefined {
  const object = bucket.current(name) as ObjectVersion
  return xml('Contents', [
    ...objectElements(object, encode),
    ...(showsOwner ? [owner()] : []),
    ...restoreStatus(call, object),
  ])
}

export function objectElements(object: ObjectVersion, encode: (text: string) => string): readonly (Xml | undefined)[] {
  return [
    xml('Key', encode(object.key)),
    xml('LastModified', object.lastModified),
    xml('ETag', object.etag),
    xml('ChecksumAlgorithm', object.checksum?.algorithm),
    xml('ChecksumType', object.checksum?.type),
    xml('Size', object.content.size),
    xml('StorageClass', object.storageClass),
  ]
}

export function owner(name = 'Owner'): Xml | undefined {
  return xml(name, [xml('ID', account), xml('DisplayName', 'emulator')])
}

/** How thaws are getting on, for those who ask for it with the listing. */
export function restoreStatus({ headers, now }: Call, object: ObjectVersion): readonly (Xml | undefined)[] {
  const wanted = headers['x-amz-optional-object-attributes']
  if (wanted === undefined) return []
  if (wanted !== 'RestoreStatus')
    throw invalidArgument('x-amz-optional-object-attributes', wanted, 'Invalid attribute name specified')
  const state = restoreState(object, now)
  if (coldness(object) === undefined || state === 'none') return []
  const expiry = state === 'there' ? object.restore?.expiresAt : undefined
  return [xml('RestoreStatus', [xml('IsRestoreInProgress', state === 'ongoing'), xml('RestoreExpiryDate', expiry)])]
}
