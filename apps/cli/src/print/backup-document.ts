import type { Backup } from 'bakthat'

/** A backup as the catalog's row, for JSON; dates are seconds since 1970 there, so `date` says it for people. */
export function backupDocument(backup: Backup): object {
  return {
    backend: backup.backend,
    container: backup.container,
    backup_date: seconds(backup.backupDate),
    date: backup.backupDate.toISOString(),
    filename: backup.filename,
    stored_filename: backup.storedFilename,
    size: backup.size,
    tags: backup.tags,
    metadata: backup.metadata,
    is_deleted: backup.status === 'deleted',
    status: backup.status,
    sha256: backup.sha256,
    last_updated: seconds(backup.lastUpdated),
    delete_after: backup.deleteAfter,
  }
}

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000)
}
