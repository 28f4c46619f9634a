import type { Answer } from '../../http/exchange.js'
import { bucketOf, numberOf, xmlAnswer, type Call, type Operation } from '../call.js'
import { invalidArgument } from '../failure.js'
import { pageOf } from '../paging.js'
import type { Bucket } from '../store/bucket.js'
import type { Version } from '../store/version.js'
import { xml, xmlDocument, type Xml } from '../xml/write.js'
import { commonPrefix, encoder, objectElements, owner, restoreStatus } from './list-objects.js'

export const listObjectVersions: Operation = {
  name: 'ListObjectVersions',
  method: 'GET',
  level: 'bucket',
  selectors: ['versions'],
  parameters: ['delimiter', 'encoding-type', 'key-marker', 'max-keys', 'prefix', 'version-id-marker'],
  headers: ['x-amz-optional-object-attributes'],
  action: 's3:ListBucketVersions',
  run: list,
}

interface Entry {
  readonly element: Xml | undefined
  readonly key: string
  readonly versionId: string | undefined
}

function list(call: Call): Answer {
  const bucket = bucketOf(call)
  const encode = encoder(call)
  const limit = numberOf(call, 'max-keys', call.state.limits.page, call.state.limits.page)
  const keyMarker = call.query.get('key-marker') ?? ''
  const versionMarker = call.query.get('version-id-marker') ?? ''
  if (versionMarker !== '' && keyMarker === '') {
    throw invalidArgument(
      'version-id-marker',
      versionMarker,
      'A version-id marker cannot be specified without a key marker.',
    )
  }
  const entries = [...restOf(call, bucket, keyMarker, versionMarker), ...afterKey(call, bucket, keyMarker, limit)]
  const shown = entries.slice(0, limit)
  const isTruncated = entries.length > limit && limit > 0
  const last = shown.at(-1)
  return xmlAnswer(
    xmlDocument('ListVersionsResult', [
      xml('Name', bucket.name),
      xml('Prefix', encode(call.query.get('prefix') ?? '')),
      call.query.has('delimiter') ? xml('Delimiter', encode(call.query.get('delimiter')!)) : undefined,
      xml('KeyMarker', encode(keyMarker)),
      xml('VersionIdMarker', versionMarker),
      isTruncated ? xml('NextKeyMarker', encode(last!.key)) : undefined,
      isTruncated ? xml('NextVersionIdMarker', last!.versionId) : undefined,
      xml('MaxKeys', limit),
      xml('EncodingType', call.query.get('encoding-type')),
      xml('IsTruncated', isTruncated),
      ...shown.map(({ element }) => element),
    ]),
  )
}

/** What is left of the key at which the last page ended. */
function restOf(call: Call, bucket: Bucket, key: string, versionId: string): readonly Entry[] {
  if (versionId === '') return []
  const versions = bucket.versions(key)
  const index = versions.findIndex((version) => version.versionId === versionId)
  if (index === -1) throw invalidArgument('version-id-marker', versionId, 'Invalid version id specified')
  return versions.slice(index + 1).map((version) => entry(call, bucket, version))
}

/** As many entries of later keys as a page can hold, and one more. */
function afterKey(call: Call, bucket: Bucket, after: string, limit: number): readonly Entry[] {
  const wanted = { prefix: call.query.get('prefix') ?? '', delimiter: call.query.get('delimiter') ?? '', after }
  const { items } = pageOf(bucket.keys, { ...wanted, limit: limit + 1 })
  return items.flatMap((item): readonly Entry[] =>
    item.isPrefix
      ? [{ element: commonPrefix(item, encoder(call)), key: item.name, versionId: undefined }]
      : bucket.versions(item.name).map((version) => entry(call, bucket, version)),
  )
}

function entry(call: Call, bucket: Bucket, version: Version): Entry {
  const { key, versionId, lastModified } = version
  const encode = encoder(call)
  const common = [xml('VersionId', versionId), xml('IsLatest', bucket.current(key) === version)]
  const element = version.isMarker
    ? xml('DeleteMarker', [xml('Key', encode(key)), ...common, xml('LastModified', lastModified), owner()])
    : xml('Version', [...objectElements(version, encode), ...common, owner(), ...restoreStatus(call, version)])
  return { element, key, versionId }
}
