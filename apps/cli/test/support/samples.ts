import type { Backup, BackupResult, RestoreResult } from 'bakthat'

/** A backup as the catalog gives it. */
export function backupOf(changes: Partial<Backup> = {}): Backup {
  return {
    id: 1,
    backend: 'local',
    container: '/srv/backups',
    backupDate: new Date('2026-11-23T21:18:19Z'),
    filename: 'photos',
    storedFilename: 'photos.20261123211819.tar.zst',
    status: 'complete',
    lastUpdated: new Date('2026-11-23T21:18:20.700Z'),
    size: 12_345_678,
    tags: ['family', '2026'],
    metadata: { compression: 'zstd', encryption: 'none' },
    sha256: 'ab'.repeat(32),
    locator: 'photos.20261123211819.tar.zst',
    host: 'here',
    pid: 1,
    ...changes,
  }
}

/** A finished backup. */
export function backupResultOf(changes: Partial<BackupResult> = {}): BackupResult {
  return { ...backupOf(), entries: 5, files: 3, bytesRead: 45_600_000, durationMs: 1200.4, warnings: [], ...changes }
}

/** A finished restore. */
export function restoreResultOf(changes: Partial<RestoreResult> = {}): RestoreResult {
  return {
    backup: backupOf(),
    to: '/tmp/again',
    topLevel: ['photos'],
    entries: 5,
    files: 3,
    bytesWritten: 45_600_000,
    durationMs: 600,
    warnings: [],
    ...changes,
  }
}
