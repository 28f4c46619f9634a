import type { Answer } from '../../http/exchange.js'
import { bucketOf, may, type Call, type Operation } from '../call.js'
import { notImplemented, S3Failure } from '../failure.js'
import { checksumHeaders, findObject, versionHeader } from '../objects.js'
import { byteRange, partRange, type ByteRange } from '../range.js'
import { archiveStatusHeader, demandReadable, restoreHeader } from '../restore.js'
import type { ObjectVersion } from '../store/version.js'
import { failed, isSameTag } from '../write-condition.js'

const shared = {
  level: 'object',
  parameters: [
    'partNumber',
    'response-cache-control',
    'response-content-disposition',
    'response-content-encoding',
    'response-content-language',
    'response-content-type',
    'response-expires',
    'versionId',
  ],
  headers: ['if-match', 'if-modified-since', 'if-none-match', 'if-unmodified-since', 'range', 'x-amz-checksum-mode'],
  action: ({ query }: Call) => [query.has('versionId') ? 's3:GetObjectVersion' : 's3:GetObject'],
} as const

export const getObject: Operation = { ...shared, name: 'GetObject', method: 'GET', run: get }
export const headObject: Operation = { ...shared, name: 'HeadObject', method: 'HEAD', run: (call) => get(call, true) }

function get(call: Call, headOnly = false): Answer {
  const bucket = bucketOf(call)
  const object = findObject(call, bucket)
  checkConditions(call, object)
  if (!headOnly) demandReadable(object, call.now)
  const range = rangeOf(call, object)
  const { start, end } = range ?? { start: 0, end: object.content.size }
  return {
    status: range === undefined ? 200 : 206,
    headers: {
      ...object.headers,
      ...overrides(call),
      ...objectHeaders(call, object),
      ...versionHeader(bucket, object),
      ...(call.headers['x-amz-checksum-mode'] === 'ENABLED' && range === undefined
        ? checksumHeaders(object.checksum)
        : {}),
      ...(range === undefined ? {} : { 'content-range': `bytes ${start}-${end - 1}/${object.content.size}` }),
      'content-length': String(end - start),
    },
    body: headOnly ? '' : object.content.read(start, end),
  }
}

function rangeOf({ headers, query }: Call, object: ObjectVersion): ByteRange | undefined {
  const part = query.get('partNumber')
  if (part === undefined) return byteRange(headers.range, object.content.size)
  if (headers.range !== undefined)
    throw new S3Failure('InvalidRequest', 'Cannot specify both Range header and partNumber query parameter')
  return partRange(Number(part), object)
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-reads.html */
function checkConditions({ headers }: Call, { etag, lastModified }: ObjectVersion): void {
  const { 'if-match': match, 'if-none-match': none } = headers
  const seconds = Math.floor(lastModified.getTime() / 1000)
  const secondsOf = (name: string): number | undefined => {
    const date = headers[name] === undefined ? undefined : Date.parse(headers[name])
    if (Number.isNaN(date)) throw notImplemented(`${name} that is no date`)
    return date === undefined ? undefined : date / 1000
  }
  if (match !== undefined) {
    if (!isSameTag(match, etag)) throw failed('If-Match')
  } else if (seconds > (secondsOf('if-unmodified-since') ?? Infinity)) throw failed('If-Unmodified-Since')
  const isNotModified =
    none === undefined ? seconds <= (secondsOf('if-modified-since') ?? -Infinity) : isSameTag(none, etag)
  if (isNotModified) throw new S3Failure('NotModified', 'Not Modified', {}, { etag })
}

function overrides({ query }: Call): Record<string, string> {
  const pairs = [...query].filter(([name]) => name.startsWith('response-'))
  return Object.fromEntries(pairs.map(([name, value]) => [name.slice('response-'.length), value]))
}

function objectHeaders(call: Call, object: ObjectVersion): Record<string, string> {
  const { etag, lastModified, storageClass, parts } = object
  return {
    etag,
    'last-modified': lastModified.toUTCString(),
    'accept-ranges': 'bytes',
    ...(storageClass === 'STANDARD' ? {} : { 'x-amz-storage-class': storageClass }),
    ...restoreHeader(object, call.now),
    ...archiveStatusHeader(object, call.now),
    ...(call.query.has('partNumber') && parts !== undefined ? { 'x-amz-mp-parts-count': String(parts.length) } : {}),
    ...lockHeaders(call, object),
  }
}

/** Only for those who may know. */
function lockHeaders(call: Call, { key, retention, legalHold }: ObjectVersion): Record<string, string> {
  return {
    ...(retention === undefined || !may(call, 's3:GetObjectRetention', key)
      ? {}
      : {
          'x-amz-object-lock-mode': retention.mode,
          'x-amz-object-lock-retain-until-date': retention.until.toISOString(),
        }),
    ...(legalHold && may(call, 's3:GetObjectLegalHold', key) ? { 'x-amz-object-lock-legal-hold': 'ON' } : {}),
  }
}
