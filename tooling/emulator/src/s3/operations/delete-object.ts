import { randomUUID } from 'node:crypto'

import type { Answer } from '../../http/exchange.js'
import { bucketOf, may, type Call, type Operation } from '../call.js'
import { notImplemented, S3Failure } from '../failure.js'
import { writeCondition } from '../write-condition.js'
import type { Bucket } from '../store/bucket.js'
import type { Version } from '../store/version.js'

const bypassHeader = 'x-amz-bypass-governance-retention'

export const deleteObject: Operation = {
  name: 'DeleteObject',
  method: 'DELETE',
  level: 'object',
  parameters: ['versionId'],
  headers: [bypassHeader, 'if-match'],
  action: ({ query }) => [query.has('versionId') ? 's3:DeleteObjectVersion' : 's3:DeleteObject'],
  run: remove,
}

function remove(call: Call): Answer {
  const bucket = bucketOf(call)
  const versionId = call.query.get('versionId')
  if (versionId !== undefined && call.headers['if-match'] !== undefined) throw notImplemented('If-Match with versionId')
  writeCondition(call)
  const removal = removeVersion(bucket, {
    key: call.key,
    versionId,
    now: call.now,
    mayBypass: bypasses(call, call.key),
  })
  return {
    status: 204,
    headers: {
      ...(removal.isMarker ? { 'x-amz-delete-marker': 'true' } : {}),
      ...(removal.versionId === undefined ? {} : { 'x-amz-version-id': removal.versionId }),
    },
  }
}

/** Whether the caller asks to go over a governance lock, and may. */
export function bypasses(call: Call, key: string): boolean {
  return call.headers[bypassHeader]?.toLowerCase() === 'true' && may(call, 's3:BypassGovernanceRetention', key)
}

export interface Removal {
  /** Of what was removed, or of the marker that was put there. */
  readonly versionId: string | undefined
  /** Whether that is a delete marker. */
  readonly isMarker: boolean
}

interface Wanted {
  readonly key: string
  readonly versionId: string | undefined
  readonly now: Date
  readonly mayBypass: boolean
}

/**
 * Removes a version for good, or, if none is named, what is current: by a delete marker in a bucket with versions.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeletingObjectVersions.html
 */
export function removeVersion(bucket: Bucket, { key, versionId, now, mayBypass }: Wanted): Removal {
  bucket.deleted(key)
  if (versionId !== undefined) {
    const found = bucket.versions(key).find((version) => version.versionId === versionId)
    if (found !== undefined) demandUnlocked(found, now, mayBypass)
    bucket.remove(key, versionId)
    return { versionId, isMarker: found?.isMarker === true }
  }
  if (bucket.versioning === undefined) {
    bucket.remove(key, 'null')
    return { versionId: undefined, isMarker: false }
  }
  const marker: Version = { isMarker: true, key, versionId: bucket.newVersionId(randomUUID), lastModified: now }
  bucket.add(marker)
  return { versionId: marker.versionId, isMarker: true }
}

function demandUnlocked(version: Version, now: Date, mayBypass: boolean): void {
  if (version.isMarker) return
  const { retention, legalHold } = version
  const isRetained = retention !== undefined && now < retention.until && !(retention.mode === 'GOVERNANCE' && mayBypass)
  if (isRetained || legalHold)
    throw new S3Failure('AccessDenied', 'Access Denied because object protected by object lock.')
}
