import type { Answer } from '../../http/exchange.js'
import { bucketOf, documentOf, xmlAnswer, type Call, type Operation } from '../call.js'
import { malformedXml } from '../failure.js'
import { findObject, versionHeader } from '../objects.js'
import { checkTags } from '../tags.js'
import type { Tag } from '../store/version.js'
import { fields, required } from '../xml/read.js'
import { xml, xmlDocument } from '../xml/write.js'
import { bodyHeaders } from './common.js'

const shared = { level: 'object', selectors: ['tagging'], parameters: ['versionId'] } as const

const actionOn =
  (verb: 'Get' | 'Put' | 'Delete') =>
  ({ query }: Call): readonly string[] => [`s3:${verb}Object${query.has('versionId') ? 'Version' : ''}Tagging`]

export const getObjectTagging: Operation = {
  ...shared,
  name: 'GetObjectTagging',
  method: 'GET',
  action: actionOn('Get'),
  run: (call) => {
    const bucket = bucketOf(call)
    const object = findObject(call, bucket)
    const tags = object.tags.map(({ key, value }) => xml('Tag', [xml('Key', key), xml('Value', value)]))
    return xmlAnswer(xmlDocument('Tagging', [xml('TagSet', tags)]), versionHeader(bucket, object))
  },
}

export const putObjectTagging: Operation = {
  ...shared,
  name: 'PutObjectTagging',
  method: 'PUT',
  headers: bodyHeaders,
  action: actionOn('Put'),
  run: async (call) => {
    const { TagSet } = fields(await documentOf(call, 'Tagging'), ['TagSet'])
    if (TagSet === undefined) throw malformedXml('TagSet is missing')
    return retag(
      call,
      TagSet.children.map((tag) => {
        const { Key, Value } = fields(tag, ['Key', 'Value'])
        return { key: required(Key, 'Key'), value: required(Value, 'Value') }
      }),
    )
  },
}

export const deleteObjectTagging: Operation = {
  ...shared,
  name: 'DeleteObjectTagging',
  method: 'DELETE',
  action: actionOn('Delete'),
  run: (call) => ({ ...retag(call, []), status: 204 }),
}

function retag(call: Call, tags: readonly Tag[]): Answer {
  const bucket = bucketOf(call)
  const object = findObject(call, bucket)
  object.tags = checkTags(tags)
  return { status: 200, headers: versionHeader(bucket, object) }
}
