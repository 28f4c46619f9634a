import { BakthatError } from '@bakthat/errors'

import type { BackupRow, BackupStatus, Json, NewBackup, RebuiltBackup } from './contract.js'
import { rebuildHint } from './failures.js'
import { backups } from './schema.js'

type Written = typeof backups.$inferInsert

/** What of a row is read. */
export const readColumns = {
  id: backups.id,
  backend: backups.backend,
  container: backups.container,
  backupDate: backups.backupDate,
  filename: backups.filename,
  storedFilename: backups.storedFilename,
  status: backups.status,
  lastUpdated: backups.lastUpdated,
  size: backups.size,
  tags: backups.tags,
  metadata: backups.metadata,
  sha256: backups.sha256,
  locator: backups.locator,
  host: backups.host,
  pid: backups.pid,
  deleteAfter: backups.deleteAfter,
}

/** The values of {@link readColumns}, in that order. */
type ReadValues = readonly [
  id: number,
  backend: string,
  container: string,
  backupDate: number,
  filename: string,
  storedFilename: string,
  status: BackupStatus,
  lastUpdated: number,
  size: number,
  tags: string,
  metadata: string,
  sha256: string | null,
  locator: string | null,
  host: string | null,
  pid: number | null,
  deleteAfter: number | null,
]

type Check = (value: unknown) => boolean

const isText: Check = (value) => typeof value === 'string'
const isNumber: Check = (value) => typeof value === 'number'
/** Seconds that a `Date` can hold. */
const isMoment: Check = (value) => typeof value === 'number' && Math.abs(value) <= 8.64e12
const absentOr =
  (check: Check): Check =>
  (value) =>
    value === null || check(value)

/** What {@link ReadValues} must be, in that order. */
const checks: readonly Check[] = [
  isNumber,
  isText,
  isText,
  isMoment,
  isText,
  isText,
  isText,
  isMoment,
  isNumber,
  isText,
  isText,
  absentOr(isText),
  absentOr(isText),
  absentOr(isText),
  absentOr(isNumber),
  absentOr(isMoment),
]

/** SQLite takes any value in any column, and so may another program have put one there. */
function isWhole(values: ReadValues): boolean {
  return checks.every((check, column) => check(values[column]))
}

/**
 * Rows for a reader, from the bare values of {@link readColumns}: an object made of each row on the way would take as long
 * again as reading it. Metadata that is no JSON object, as other programs may have left it, is told as empty.
 */
export function readRows(rows: readonly (readonly unknown[])[]): BackupRow[] {
  return rows.map((values) => readRow(values as unknown as ReadValues))
}

function readRow(values: ReadValues): BackupRow {
  if (!isWhole(values)) {
    throw new BakthatError('CATALOG', `row ${values[0]} of the catalog is damaged`, { hint: rebuildHint })
  }
  const row: { -readonly [Key in keyof BackupRow]: BackupRow[Key] } = {
    id: values[0],
    backend: values[1],
    container: values[2],
    backupDate: dateOf(values[3]),
    filename: values[4],
    storedFilename: values[5],
    status: values[6],
    lastUpdated: dateOf(values[7]),
    size: values[8],
    tags: values[9].split(' ').filter((tag) => tag !== ''),
    metadata: metadataOf(values[10]),
  }
  if (values[11] !== null) row.sha256 = values[11]
  if (values[12] !== null) row.locator = values[12]
  if (values[13] !== null) row.host = values[13]
  if (values[14] !== null) row.pid = values[14]
  if (values[15] !== null) row.deleteAfter = dateOf(values[15])
  return row
}

/** A new backup as the table takes it, pending. */
export function newRow(backup: NewBackup, now: Date): Written {
  return {
    backend: backup.backend,
    backendHash: hashOf(`${backup.backend}\0${backup.container}`),
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
export function completed({ size, sha256, locator, metadata }: RebuiltBackup, now: Date): Partial<Written> {
  return { size, sha256: sha256 ?? null, locator, metadata: JSON.stringify(metadata), ...standing('complete', now) }
}

/** What every change of status sets. */
export function standing(status: BackupStatus, now: Date): Pick<Written, 'status' | 'isDeleted' | 'lastUpdated'> {
  return { status, isDeleted: status === 'deleted' ? 1 : 0, lastUpdated: secondsOf(now) }
}

/** Node's cryptography is loaded here, where rows are written: listing them does without it, and is quicker. */
function hashOf(text: string): string {
  const { createHash } = process.getBuiltinModule('node:crypto')
  return createHash('sha256').update(text).digest('hex')
}

/** A tag, which is one word. Throws `INVALID_INPUT` for what is none. */
export function word(tag: string): string {
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

/** A moment as the tables have it. */
export function secondsOf(date: Date): number {
  return Math.floor(date.getTime() / 1000)
}

export function dateOf(seconds: number): Date {
  return new Date(seconds * 1000)
}
