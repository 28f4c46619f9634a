import { createHash } from 'node:crypto'

import { BakthatError } from '@bakthat/errors'

import type { BackupRow, BackupStatus, Completion, Json, NewBackup } from './contract.js'
import { backups } from './schema.js'

type Stored = typeof backups.$inferSelect
type Written = typeof backups.$inferInsert

/** A row for a reader. Metadata that is no JSON object, as other programs may have left it, is told as empty. */
export function readRow(stored: Stored): BackupRow {
  const { sha256, locator, host, pid } = stored
  return {
    id: stored.id,
    backend: stored.backend,
    container: stored.container,
    backupDate: dateOf(stored.backupDate),
    filename: stored.filename,
    storedFilename: stored.storedFilename,
    status: stored.status,
    lastUpdated: dateOf(stored.lastUpdated),
    size: stored.size,
    tags: stored.tags.split(' ').filter((tag) => tag !== ''),
    metadata: metadataOf(stored.metadata),
    ...(sha256 !== null && { sha256 }),
    ...(locator !== null && { locator }),
    ...(host !== null && { host }),
    ...(pid !== null && { pid }),
  }
}

/** A new backup as the table takes it, pending. */
export function newRow(backup: NewBackup, now: Date): Written {
  return {
    backend: backup.backend,
    backendHash: createHash('sha256').update(`${backup.backend}\0${backup.container}`).digest('hex'),
    backupDate: secondsOf(backup.backupDate),
    filename: backup.filename,
    metadata: JSON.stringify(backup.metadata),
    size: 0,
    storedFilename: backup.storedFilename,
    tags: backup.tags.map(word).join(' '),
    container: backup.container,
    host: backup.host,
    pid: backup.pid,
    ...standing('pending', now),
  }
}

/** What completing a backup sets. */
export function completed({ size, sha256, locator, metadata }: Completion, now: Date): Partial<Written> {
  return { size, sha256, locator, metadata: JSON.stringify(metadata), ...standing('complete', now) }
}

/** What every change of status sets. */
export function standing(status: BackupStatus, now: Date): Pick<Written, 'status' | 'isDeleted' | 'lastUpdated'> {
  return { status, isDeleted: status === 'deleted' ? 1 : 0, lastUpdated: secondsOf(now) }
}

function word(tag: string): string {
  if (tag !== '' && !/\s/u.test(tag)) return tag
  throw new BakthatError('INVALID_INPUT', `a tag is not one word: ${JSON.stringify(tag)}`, {
    hint: 'give each word as a tag of its own',
  })
}

function metadataOf(text: string): { readonly [key: string]: Json } {
  try {
    const value = JSON.parse(text) as Json
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as { [key: string]: Json })
      : {}
  } catch {
    return {}
  }
}

function secondsOf(date: Date): number {
  return Math.floor(date.getTime() / 1000)
}

function dateOf(seconds: number): Date {
  return new Date(seconds * 1000)
}
