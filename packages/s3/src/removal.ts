import { foreignMessageOf } from '@bakthat/aws'
import { BakthatError, isBakthatError } from '@bakthat/errors'

import { removeObject } from './confirmation.js'
import type { Connection } from './connection.js'
import { lookFor, type Head } from './heads.js'
import { addressOf, type Place } from './keys.js'
import { abortUpload, unfinishedUploads } from './unfinished-uploads.js'
import { versionsOf } from './versions.js'

/**
 * Removes an object, and the uploads of that key that were never finished. In a bucket that keeps versions it is the
 * version that goes, not only its name: the one that the place tells, else the newest. Governance locks are not bypassed.
 */
export async function removeBlob(
  connection: Connection,
  prefix: string,
  place: Place,
  signal: AbortSignal | undefined,
): Promise<void> {
  const settled = await Promise.allSettled([
    removeNewest(connection, place, signal),
    abortUploads(connection, prefix, place, signal),
  ])
  for (const part of settled) if (part.status === 'rejected') throw part.reason
}

async function removeNewest(connection: Connection, place: Place, signal: AbortSignal | undefined): Promise<void> {
  const version = await versionOf(connection, place, signal)
  if (version !== undefined) await removeVersion(connection, version, signal)
}

async function versionOf(
  connection: Connection,
  place: Place,
  signal: AbortSignal | undefined,
): Promise<Place | undefined> {
  if (place.versionId !== undefined) return place
  const found = await lookFor(connection, place, signal)
  if (found === 'absent') return undefined
  const versionId = found === 'hidden' ? await newestVersion(connection, place, signal) : found.VersionId
  return versionId === undefined ? place : { ...place, versionId }
}

/** For credentials that may list and remove but not read. What was stored while no versions were kept is the version `null`. */
async function newestVersion(
  connection: Connection,
  { key }: Place,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  try {
    const versions = await versionsOf(connection, key, signal)
    return versions.find(({ IsLatest }) => IsLatest === true)?.VersionId
  } catch (error) {
    if (isBakthatError(error, 'PERMISSION_DENIED', 'UNSUPPORTED', 'INVALID_INPUT')) return undefined
    throw error
  }
}

async function removeVersion(connection: Connection, place: Place, signal: AbortSignal | undefined): Promise<void> {
  try {
    const { isHiddenOnly } = await removeObject(connection, place, signal)
    if (isHiddenOnly && place.versionId === undefined) throw onlyHidden(connection, place)
  } catch (error) {
    if (isBakthatError(error, 'NOT_FOUND')) return
    if (!isBakthatError(error, 'PERMISSION_DENIED', 'INVALID_INPUT')) throw error
    throw (await lockOf(connection, place, error, signal)) ?? error
  }
}

/** A refusal is the lock's doing where the object has one; servers that do not show it say so in their message. */
async function lockOf(
  connection: Connection,
  place: Place,
  cause: BakthatError,
  signal: AbortSignal | undefined,
): Promise<BakthatError | undefined> {
  const found = await lookFor(connection, place, signal)
  const head: Partial<Head> = typeof found === 'string' ? {} : found
  const { ObjectLockRetainUntilDate: until, ObjectLockLegalHoldStatus: hold } = head
  const subject = addressOf(connection.bucket, place.key)
  if (hold === 'ON') {
    const hint = 'a person has to lift the hold: the console and the AWS tools can'
    return new BakthatError('LOCKED', `${subject} is under a legal hold`, { hint, cause })
  }
  const isSaid = /object.?lock|\bWORM\b/i.test(foreignMessageOf(cause))
  if (until === undefined && !isSaid) return undefined
  const day = until === undefined ? '' : ` until ${until.toISOString()}`
  return new BakthatError('LOCKED', `${subject} is locked${day}`, { hint: 'remove it when that time is over', cause })
}

function onlyHidden({ bucket }: Connection, { key }: Place): BakthatError {
  return new BakthatError(
    'PERMISSION_DENIED',
    `${addressOf(bucket, key)} is hidden, but its versions are still there`,
    {
      hint: 'let the policy of these credentials allow s3:ListBucketVersions and s3:DeleteObjectVersion',
    },
  )
}

/** Servers that cannot list uploads, and credentials that may not, are no reason to fail: the object is gone. */
async function abortUploads(
  connection: Connection,
  prefix: string,
  { key, name }: Place,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    for await (const upload of unfinishedUploads(connection, prefix, name, signal)) {
      if (upload.key === key) await abortUpload(connection, key, upload.uploadId, signal)
    }
  } catch (error) {
    if (!isBakthatError(error, 'PERMISSION_DENIED', 'UNSUPPORTED', 'NOT_FOUND')) throw error
  }
}
