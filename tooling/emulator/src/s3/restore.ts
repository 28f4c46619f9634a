import { S3Failure } from './failure.js'
import type { ObjectVersion } from './store/version.js'

/** Where an object's thaw is. */
export type RestoreState = 'none' | 'ongoing' | 'there'

export function restoreState({ restore }: ObjectVersion, now: Date): RestoreState {
  if (restore === undefined) return 'none'
  if (now < restore.readyAt) return 'ongoing'
  return restore.expiresAt === undefined || now < restore.expiresAt ? 'there' : 'none'
}

/** What keeps an object from being read: its storage class, or its archive tier in Intelligent-Tiering. */
export function coldness(object: ObjectVersion): string | undefined {
  const { storageClass, archiveStatus } = object
  if (storageClass === 'GLACIER' || storageClass === 'DEEP_ARCHIVE') return storageClass
  return archiveStatus
}

/** Throws `InvalidObjectState` for an object that has to be restored first. */
export function demandReadable(object: ObjectVersion, now: Date): void {
  const cold = coldness(object)
  if (cold === undefined || restoreState(object, now) === 'there') return
  throw new S3Failure('InvalidObjectState', "The operation is not valid for the object's storage class", {
    StorageClass: object.storageClass,
    ...(object.archiveStatus === undefined ? {} : { AccessTier: object.archiveStatus }),
  })
}

/** The archive tier that an object of Intelligent-Tiering is in. A restore takes it out for good. */
export function archiveStatusHeader(object: ObjectVersion, now: Date): Record<string, string> {
  const { archiveStatus } = object
  return archiveStatus === undefined || restoreState(object, now) === 'there'
    ? {}
    : { 'x-amz-archive-status': archiveStatus }
}

export function restoreHeader(object: ObjectVersion, now: Date): Record<string, string> {
  const state = restoreState(object, now)
  if (state === 'none') return {}
  if (state === 'ongoing') return { 'x-amz-restore': 'ongoing-request="true"' }
  const expiry = object.restore?.expiresAt
  return expiry === undefined
    ? {}
    : { 'x-amz-restore': `ongoing-request="false", expiry-date="${expiry.toUTCString()}"` }
}
