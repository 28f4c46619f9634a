import type { Answer } from '../../http/exchange.js'
import { bucketOf, demand, documentOf, xmlAnswer, type Call, type Operation } from '../call.js'
import { notImplemented, S3Failure } from '../failure.js'
import { Bucket } from '../store/bucket.js'
import { fields, required } from '../xml/read.js'
import { xml, xmlDocument } from '../xml/write.js'
import { owner } from './list-objects.js'

export const listBuckets: Operation = {
  name: 'ListBuckets',
  method: 'GET',
  level: 'service',
  action: 's3:ListAllMyBuckets',
  run: ({ state }) => {
    const buckets = [...state.buckets.values()].sort((one, other) => (one.name < other.name ? -1 : 1))
    return xmlAnswer(
      xmlDocument('ListAllMyBucketsResult', [
        owner(),
        xml(
          'Buckets',
          buckets.map(({ name, created }) => xml('Bucket', [xml('Name', name), xml('CreationDate', created)])),
        ),
      ]),
    )
  },
}

export const createBucket: Operation = {
  name: 'CreateBucket',
  method: 'PUT',
  level: 'bucket',
  headers: [
    'x-amz-acl',
    'x-amz-bucket-object-lock-enabled',
    'x-amz-object-ownership',
    'x-amz-sdk-checksum-algorithm',
    'x-amz-checksum-',
  ],
  action: 's3:CreateBucket',
  run: create,
}

async function create(call: Call): Promise<Answer> {
  const { state, bucketName, headers, now } = call
  if (!/^[a-z\d](?:[a-z\d-]|\.(?!\.)){1,61}[a-z\d]$/.test(bucketName))
    throw new S3Failure('InvalidBucketName', 'The specified bucket is not valid.')
  if (![undefined, 'private'].includes(headers['x-amz-acl'])) throw notImplemented('x-amz-acl')
  await checkLocation(call)
  if (state.buckets.has(bucketName)) {
    // The oldest region alone takes it for done, as it did before there were others.
    if (state.region === 'us-east-1') return { status: 200, headers: { location: `/${bucketName}` } }
    throw new S3Failure(
      'BucketAlreadyOwnedByYou',
      'Your previous request to create the named bucket succeeded and you already own it.',
      { BucketName: bucketName },
    )
  }
  const bucket = new Bucket(bucketName, now, state.region)
  if (headers['x-amz-bucket-object-lock-enabled']?.toLowerCase() === 'true') {
    demand(call, 's3:PutBucketObjectLockConfiguration', undefined)
    bucket.versioning = 'Enabled'
    bucket.objectLock = { rule: undefined }
  }
  state.buckets.set(bucketName, bucket)
  return { status: 200, headers: { location: `/${bucketName}` } }
}

async function checkLocation(call: Call): Promise<void> {
  const { region } = call.state
  const named =
    call.payload.size === 0
      ? undefined
      : fields(await documentOf(call, 'CreateBucketConfiguration'), ['LocationConstraint'])
  const location = named === undefined ? 'us-east-1' : required(named.LocationConstraint, 'LocationConstraint')
  if (location === region && (named === undefined || region !== 'us-east-1')) return
  throw new S3Failure('InvalidLocationConstraint', 'The specified location-constraint is not valid', {
    LocationConstraint: location,
  })
}

export const headBucket: Operation = {
  name: 'HeadBucket',
  method: 'HEAD',
  level: 'bucket',
  action: 's3:ListBucket',
  run: (call) => {
    return { status: 200, headers: { 'x-amz-bucket-region': bucketOf(call).region } }
  },
}

export const getBucketLocation: Operation = {
  name: 'GetBucketLocation',
  method: 'GET',
  level: 'bucket',
  selectors: ['location'],
  action: 's3:GetBucketLocation',
  run: (call) => {
    const { region } = bucketOf(call)
    return xmlAnswer(xmlDocument('LocationConstraint', region === 'us-east-1' ? '' : region))
  },
}

export const deleteBucket: Operation = {
  name: 'DeleteBucket',
  method: 'DELETE',
  level: 'bucket',
  action: 's3:DeleteBucket',
  run: (call) => {
    const bucket = bucketOf(call)
    if (!bucket.isEmpty)
      throw new S3Failure('BucketNotEmpty', 'The bucket you tried to delete is not empty', { BucketName: bucket.name })
    call.state.buckets.delete(bucket.name)
    return { status: 204 }
  },
}
