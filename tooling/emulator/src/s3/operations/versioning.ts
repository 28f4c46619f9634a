import type { Answer } from '../../http/exchange.js'
import { bucketOf, documentOf, xmlAnswer, type Call, type Operation } from '../call.js'
import { malformedXml, S3Failure } from '../failure.js'
import { fields, required } from '../xml/read.js'
import { xml, xmlDocument } from '../xml/write.js'
import { bodyHeaders } from './common.js'

const shared = { level: 'bucket', selectors: ['versioning'] } as const

export const getBucketVersioning: Operation = {
  ...shared,
  name: 'GetBucketVersioning',
  method: 'GET',
  action: 's3:GetBucketVersioning',
  run: (call) => xmlAnswer(xmlDocument('VersioningConfiguration', [xml('Status', bucketOf(call).versioning)])),
}

export const putBucketVersioning: Operation = {
  ...shared,
  name: 'PutBucketVersioning',
  method: 'PUT',
  headers: bodyHeaders,
  action: 's3:PutBucketVersioning',
  run: put,
}

async function put(call: Call): Promise<Answer> {
  const bucket = bucketOf(call)
  const { Status } = fields(await documentOf(call, 'VersioningConfiguration'), ['Status'])
  const status = required(Status, 'Status')
  if (status !== 'Enabled' && status !== 'Suspended') {
    throw status === ''
      ? malformedXml('no status')
      : new S3Failure(
          'IllegalVersioningConfigurationException',
          'The versioning configuration specified in the request is invalid.',
        )
  }
  if (status === 'Suspended' && bucket.objectLock !== undefined) {
    throw new S3Failure(
      'InvalidBucketState',
      'An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.',
    )
  }
  bucket.versioning = status
  return { status: 200 }
}
