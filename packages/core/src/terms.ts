import type { BackupRow } from '@bakthat/catalog'
import { daysAfter, type BlobInfo, type StorageBackend } from '@bakthat/storage'
import { secondsOf } from './seconds.js'
import { without } from './without.js'

/** What the store said of how it keeps the archive: cold, locked, or paid for until a day. */
export function termsOf({
  storageClass,
  lockedUntil,
  paidUntil,
}: Pick<BlobInfo, 'storageClass' | 'lockedUntil' | 'paidUntil'>): BackupRow['metadata'] {
  return {
    ...(storageClass !== undefined && { storage_class: storageClass }),
    ...(lockedUntil !== undefined && { locked_until: secondsOf(lockedUntil) }),
    ...(paidUntil !== undefined && { paid_until: secondsOf(paidUntil) }),
  }
}

/** The metadata with the class in which a listing shows the archive, and what that class costs; the same where that is known. */
export function asKept(metadata: BackupRow['metadata'], archive: BlobInfo): BackupRow['metadata'] {
  if (metadata['storage_class'] === archive.storageClass) return metadata
  return { ...without(metadata, 'storage_class', 'paid_until'), ...termsOf(archive) }
}

/**
 * Until when the backup is paid for, as far as the catalog knows. Rows of the Python tool do not say it: there it is reckoned from
 * the backup's date.
 */
export function knownPaidUntil(
  { capabilities: { minimumStorageDays: days } }: Pick<StorageBackend, 'capabilities'>,
  { metadata, backupDate }: BackupRow,
): Date | undefined {
  const seconds = metadata['paid_until']
  if (typeof seconds === 'number') return new Date(seconds * 1000)
  return days === 0 ? undefined : daysAfter(backupDate, days)
}
