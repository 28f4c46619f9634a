import type { Answer } from '../../http/exchange.js'
import { bucketOf, xmlAnswer, type Call, type Operation } from '../call.js'
import { invalidArgument } from '../failure.js'
import { findObject, versionHeader } from '../objects.js'
import type { ObjectVersion } from '../store/version.js'
import { xml, xmlDocument, type Xml } from '../xml/write.js'

export const getObjectAttributes: Operation = {
  name: 'GetObjectAttributes',
  method: 'GET',
  level: 'object',
  selectors: ['attributes'],
  parameters: ['versionId'],
  headers: ['x-amz-object-attributes'],
  action: ({ query }) =>
    query.has('versionId')
      ? ['s3:GetObjectVersion', 's3:GetObjectVersionAttributes']
      : ['s3:GetObject', 's3:GetObjectAttributes'],
  run: get,
}

const attributes: Readonly<Record<string, (object: ObjectVersion) => Xml | undefined>> = {
  ETag: ({ etag }) => xml('ETag', etag.replaceAll('"', '')),
  Checksum: ({ checksum }) =>
    checksum === undefined
      ? undefined
      : xml('Checksum', [xml(`Checksum${checksum.algorithm}`, checksum.value), xml('ChecksumType', checksum.type)]),
  ObjectParts: ({ parts }) =>
    parts === undefined ? undefined : xml('ObjectParts', [xml('TotalPartsCount', parts.length)]),
  StorageClass: ({ storageClass }) => xml('StorageClass', storageClass),
  ObjectSize: ({ content }) => xml('ObjectSize', content.size),
}

function get(call: Call): Answer {
  const bucket = bucketOf(call)
  const object = findObject(call, bucket)
  const wanted = (call.headers['x-amz-object-attributes'] ?? '').split(',').map((name) => name.trim())
  const unknown = wanted.find((name) => attributes[name] === undefined)
  if (unknown !== undefined)
    throw invalidArgument('x-amz-object-attributes', unknown, 'Invalid attribute name specified')
  return xmlAnswer(
    xmlDocument(
      'GetObjectAttributesResponse',
      wanted.map((name) => attributes[name]!(object)),
    ),
    { 'last-modified': object.lastModified.toUTCString(), ...versionHeader(bucket, object) },
  )
}
