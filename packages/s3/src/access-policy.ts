import { partitionOf } from '@bakthat/aws'
import type { Role } from '@bakthat/storage'

import type { S3Options } from './options.js'
import { traitsOf } from './providers.js'
import { regionIn } from './region.js'

interface Statement {
  readonly Sid: string
  readonly Effect: 'Allow'
  readonly Action: readonly string[]
  readonly Resource: string
  readonly Condition?: object
}

/** What a role does: with single objects, with listings of the prefix, and with the bucket itself. */
interface Duties {
  readonly objects: readonly string[]
  readonly listing: readonly string[]
  readonly bucket: readonly string[]
}

const putting = 's3:PutObject'
const storing = [putting, 's3:AbortMultipartUpload']
const reading = ['s3:GetObject', 's3:GetObjectVersion', 's3:GetObjectRetention', 's3:RestoreObject']
const removing = ['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts']
const listing = ['s3:ListBucket', 's3:ListBucketVersions']
// Unlike other listings, this one cannot be held to a prefix: the service knows no such condition for it.
const uploads = 's3:ListBucketMultipartUploads'

/**
 * The least that the operations of a role need: what is looked up, sent and asked in this package, and no more. The
 * bucket's own settings are read and made by `admin` alone.
 */
const duties: Readonly<Record<Role, Duties>> = {
  writer: { objects: storing, listing: [], bucket: [] },
  rotator: { objects: removing, listing, bucket: [uploads] },
  reader: { objects: reading, listing: ['s3:ListBucket'], bucket: [] },
  admin: {
    objects: [...new Set([...storing, ...reading, ...removing, 's3:GetObjectLegalHold'])],
    listing: [],
    bucket: [
      's3:ListBucket',
      uploads,
      's3:CreateBucket',
      's3:PutLifecycleConfiguration',
      's3:GetLifecycleConfiguration',
      's3:GetBucketVersioning',
      's3:GetBucketObjectLockConfiguration',
    ],
  },
}

/** An IAM policy (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html) for one bucket and prefix. */
export function accessPolicy(options: S3Options, role: Role): object {
  const { prefix = '', bucket } = options
  const { objects, listing: listings, bucket: own } = withSettings(duties[role], options, role)
  const arn = `arn:${partitionFor(options)}:s3:::${bucket}`
  const within = { Condition: { StringLike: { 's3:prefix': `${literal(prefix)}*` } } }
  const Resource = `${arn}/${literal(prefix)}*`
  const free = isHeldToConditions(options, role) ? objects.filter((action) => action !== putting) : objects
  const statements: readonly Statement[] = [
    { Sid: 'Objects', Effect: 'Allow', Action: free, Resource },
    ...(free === objects ? [] : conditionalStatements(Resource)),
    { Sid: 'Listing', Effect: 'Allow', Action: listings, Resource: arn, ...(prefix === '' ? {} : within) },
    { Sid: 'Bucket', Effect: 'Allow', Action: own, Resource: arn },
    ...keyStatements(options, role),
  ]
  return { Version: '2012-10-17', Statement: statements.filter(({ Action }) => Action.length > 0) }
}

/** Who stores and does no more may not replace what is there either, where the server can see to that. */
function isHeldToConditions({ provider, endpoint }: S3Options, role: Role): boolean {
  return role === 'writer' && traitsOf(provider, endpoint).conditions
}

/**
 * Objects appear under the condition alone that nothing is there; parts of uploads, which know no conditions, are no objects yet:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
 */
function conditionalStatements(Resource: string): readonly Statement[] {
  const put = { Effect: 'Allow', Action: [putting], Resource } as const
  return [
    { Sid: 'NewObjects', ...put, Condition: { Null: { 's3:if-none-match': 'false' } } },
    { Sid: 'Parts', ...put, Condition: { Bool: { 's3:ObjectCreationOperation': 'false' } } },
  ]
}

/** What object lock needs beside: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html */
function withSettings(duty: Duties, { objectLock }: S3Options, role: Role): Duties {
  if (objectLock === undefined || (role !== 'writer' && role !== 'admin')) return duty
  const making = ['s3:PutBucketVersioning', 's3:PutBucketObjectLockConfiguration']
  return {
    ...duty,
    objects: [...duty.objects, 's3:PutObjectRetention'],
    bucket: role === 'admin' ? [...duty.bucket, ...making] : duty.bucket,
  }
}

/**
 * A key of one's own. To complete an upload in parts S3 decrypts them, so who stores has to be allowed that too:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
 */
function keyStatements(options: S3Options, role: Role): readonly Statement[] {
  const { sseKmsKeyId: key } = options
  if (key === undefined) return []
  const actions: Readonly<Record<Role, readonly string[]>> = {
    writer: ['kms:GenerateDataKey', 'kms:Decrypt'],
    rotator: [],
    reader: ['kms:Decrypt'],
    admin: ['kms:GenerateDataKey', 'kms:Decrypt'],
  }
  const anyKey = `arn:${partitionFor(options)}:kms:*:*:key/`
  const allowed = { Sid: 'Key', Effect: 'Allow', Action: actions[role] } as const
  const alias = /(?:^|:)(alias\/.+)$/.exec(key)?.[1]
  if (alias === undefined) return [{ ...allowed, Resource: key.startsWith('arn:') ? key : anyKey + key }]
  return [
    { ...allowed, Resource: `${anyKey}*`, Condition: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': alias } } },
  ]
}

/** As requests have it, but for a region that stands in the shared configuration alone. */
function partitionFor({ region, provider, endpoint }: S3Options): string {
  return partitionOf(region ?? traitsOf(provider, endpoint).region ?? regionIn(process.env) ?? '')
}

/** Characters that mean something in policies, so that they mean themselves. */
function literal(text: string): string {
  return text.replace(/[*?$]/g, (one) => `\${${one}}`)
}
