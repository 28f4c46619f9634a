import type { Answer } from '../../http/exchange.js'
import { bucketOf, verifiedDocumentOf, xmlAnswer, type Call, type Operation } from '../call.js'
import { malformedXml, S3Failure } from '../failure.js'
import type { Element } from '../xml/read.js'
import { xml, xmlDocument, type Xml } from '../xml/write.js'
import { bodyHeaders } from './common.js'

const shared = { level: 'bucket', selectors: ['lifecycle'] } as const

/** Rules are kept and given back. They are not carried out. */
export const putBucketLifecycle: Operation = {
  ...shared,
  name: 'PutBucketLifecycleConfiguration',
  method: 'PUT',
  headers: [...bodyHeaders, 'x-amz-transition-default-minimum-object-size'],
  action: 's3:PutLifecycleConfiguration',
  run: put,
}

export const getBucketLifecycle: Operation = {
  ...shared,
  name: 'GetBucketLifecycleConfiguration',
  method: 'GET',
  action: 's3:GetLifecycleConfiguration',
  run: (call) => {
    const { lifecycle } = bucketOf(call)
    if (lifecycle !== undefined) return xmlAnswer(lifecycle)
    throw new S3Failure('NoSuchLifecycleConfiguration', 'The lifecycle configuration does not exist', {
      BucketName: call.bucketName,
    })
  },
}

export const deleteBucketLifecycle: Operation = {
  ...shared,
  name: 'DeleteBucketLifecycle',
  method: 'DELETE',
  action: 's3:PutLifecycleConfiguration',
  run: (call) => {
    bucketOf(call).lifecycle = undefined
    return { status: 204 }
  },
}

async function put(call: Call): Promise<Answer> {
  const bucket = bucketOf(call)
  const root = await verifiedDocumentOf(call, 'LifecycleConfiguration')
  root.children.forEach(checkRule)
  if (root.children.length === 0 || root.children.length > 1000) throw malformedXml(`${root.children.length} rules`)
  bucket.lifecycle = xmlDocument('LifecycleConfiguration', root.children.map(asXml))
  return { status: 200 }
}

const actions = [
  'AbortIncompleteMultipartUpload',
  'Expiration',
  'NoncurrentVersionExpiration',
  'NoncurrentVersionTransition',
  'Transition',
]
const known = ['ID', 'Status', 'Filter', 'Prefix', ...actions]

function checkRule({ name, children }: Element): void {
  if (name !== 'Rule') throw malformedXml(name)
  const names = children.map((child) => child.name)
  const unknown = names.find((one) => !known.includes(one))
  if (unknown !== undefined) throw malformedXml(unknown)
  if (!['Enabled', 'Disabled'].includes(children.find((child) => child.name === 'Status')?.text ?? ''))
    throw malformedXml('Status')
  if (names.includes('Filter') === names.includes('Prefix')) throw malformedXml('either Filter or Prefix')
  if (!names.some((one) => actions.includes(one))) {
    throw new S3Failure('InvalidRequest', 'At least one action needs to be specified in a rule')
  }
}

function asXml({ name, text, children }: Element): Xml | undefined {
  return xml(name, children.length === 0 ? text : children.map(asXml))
}
