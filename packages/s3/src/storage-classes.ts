import { daysAfter, type BlobInfo } from '@bakthat/storage'

import type { Traits } from './providers.js'

/** The storage classes whose objects must be thawed before they are read. */
export const coldClasses: readonly string[] = ['GLACIER', 'DEEP_ARCHIVE']

/** Days that S3 charges for at least: https://aws.amazon.com/s3/storage-classes/ */
const minimumDays: Readonly<Record<string, number>> = {
  STANDARD_IA: 30,
  ONEZONE_IA: 30,
  GLACIER_IR: 90,
  GLACIER: 90,
  DEEP_ARCHIVE: 180,
}

export function minimumDaysOf(traits: Traits, storageClass = 'STANDARD'): number {
  return Math.max(traits.minimumStorageDays, minimumDays[storageClass] ?? 0)
}

/** What S3 says of how it keeps an object. Of the standard class it says nothing, in listings its name. */
export interface Kept {
  readonly StorageClass?: string | undefined
  readonly LastModified?: Date | undefined
  readonly ObjectLockRetainUntilDate?: Date | undefined
  readonly ObjectLockLegalHoldStatus?: 'ON' | 'OFF' | undefined
}

/** The same in the words of the storage contract. */
export function keeping(
  traits: Traits,
  {
    StorageClass,
    LastModified: storedAt,
    ObjectLockRetainUntilDate: lockedUntil,
    ObjectLockLegalHoldStatus: hold,
  }: Kept,
): Pick<BlobInfo, 'storedAt' | 'storageClass' | 'lockedUntil' | 'onLegalHold' | 'paidUntil'> {
  const storageClass = StorageClass === 'STANDARD' ? undefined : StorageClass
  const days = minimumDaysOf(traits, storageClass)
  return {
    ...(storedAt === undefined ? {} : { storedAt }),
    ...(storageClass === undefined ? {} : { storageClass }),
    ...(lockedUntil === undefined ? {} : { lockedUntil }),
    ...(hold === 'ON' ? { onLegalHold: true } : {}),
    ...(storedAt === undefined || days === 0 ? {} : { paidUntil: daysAfter(storedAt, days) }),
  }
}
