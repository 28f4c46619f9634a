import { randomUUID } from 'node:crypto'

import type { Answer } from '../../http/exchange.js'
import { claimsOf, type Claims } from '../body/claims.js'
import { receive } from '../body/receive.js'
import { bucketOf, type Call, type Operation } from '../call.js'
import { notImplemented, S3Failure } from '../failure.js'
import { objectSettings, settingHeaders } from '../object-settings.js'
import { checksumHeaders, versionHeader } from '../objects.js'
import type { Bucket } from '../store/bucket.js'
import { damaged } from '../store/other-contents.js'
import type { ObjectSettings, ObjectVersion } from '../store/version.js'
import { writeCondition } from '../write-condition.js'
import { damagedChecksum } from '../checksums/of-content.js'
import { bodyHeaders } from './common.js'

export const putObject: Operation = {
  name: 'PutObject',
  method: 'PUT',
  level: 'object',
  headers: [...settingHeaders, ...bodyHeaders, 'if-match', 'if-none-match'],
  action: actionsOfStoring,
  run: put,
}

/** Storing takes more permissions where it locks. */
export function actionsOfStoring({ headers }: Call): readonly string[] {
  return [
    's3:PutObject',
    ...(headers['x-amz-object-lock-mode'] === undefined ? [] : ['s3:PutObjectRetention']),
    ...(headers['x-amz-object-lock-legal-hold'] === undefined ? [] : ['s3:PutObjectLegalHold']),
  ]
}

async function put(call: Call): Promise<Answer> {
  const bucket = bucketOf(call)
  const settings = objectSettings(call, bucket)
  const claims = claimsOf(call.headers, call.payload)
  checkBody(call, claims, settings)
  const checkAgain = writeCondition(call)
  const algorithm = claims.algorithm ?? (call.state.features.defaultChecksum ? 'CRC64NVME' : undefined)
  const { content, md5, checksum } = await receive(call.payload, claims, call.state.newContent(), algorithm)
  try {
    checkAgain()
  } catch (error) {
    content.release()
    throw error
  }
  const version = storeObject(call, bucket, settings, {
    content,
    etag: `"${md5}"`,
    checksum: checksum === undefined ? undefined : { algorithm: algorithm!, type: 'FULL_OBJECT', value: checksum },
    parts: undefined,
  })
  return { status: 200, headers: answerHeaders(bucket, version) }
}

/** What holds for the body of an object and of a part. */
export function checkBody({ payload, state, query }: Call, claims: Claims, settings: ObjectSettings): void {
  const { features, limits } = state
  if (payload.size > limits.largestPut) {
    throw new S3Failure('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', {
      ProposedSize: String(payload.size),
      MaxSizeAllowed: String(limits.largestPut),
    })
  }
  if (claims.algorithm !== undefined && features.checksums === 'refused') throw notImplemented('checksums')
  const isLocked = settings.retention !== undefined || settings.legalHold
  if (isLocked && claims.md5 === undefined && claims.algorithm === undefined) {
    throw new S3Failure(
      'InvalidRequest',
      `Content-MD5 OR x-amz-checksum- HTTP header is required for Put ${query.has('uploadId') ? 'Part' : 'Object'} requests with Object Lock parameters`,
    )
  }
}

/** Makes an object appear, or rather what a scripted fault makes of it. */
export function storeObject(
  { key, now, damage }: Call,
  bucket: Bucket,
  { storageClass, headers, retention, legalHold }: ObjectSettings,
  what: Pick<ObjectVersion, 'content' | 'etag' | 'checksum' | 'parts'>,
): ObjectVersion {
  const content = damage === undefined ? what.content : damaged(what.content, damage)
  const version: ObjectVersion = {
    ...what,
    content,
    checksum: damage === undefined ? what.checksum : damagedChecksum(what.checksum, content),
    isMarker: false,
    key,
    versionId: bucket.newVersionId(randomUUID),
    lastModified: now,
    storageClass,
    headers,
    retention,
    legalHold,
    restore: undefined,
    archiveStatus: undefined,
  }
  bucket.add(version)
  return version
}

function answerHeaders(bucket: Bucket, version: ObjectVersion): Record<string, string> {
  return {
    etag: version.etag,
    ...checksumHeaders(version.checksum),
    ...versionHeader(bucket, version),
    ...encryptionHeaders(version.headers),
  }
}

export function encryptionHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('x-amz-server-side-encryption')))
}
