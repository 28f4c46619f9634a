import type { Backup, BackupResult } from 'bakthat'
import type { Failure } from '../failure.js'
import type { Outcome } from '../outcome.js'

/** A value that `JSON.stringify` gives back as it is; `undefined` properties are left out. */
type Document = object

/** An outcome as its JSON document: keys as the catalog's columns have them. */
export function jsonOf(outcome: Outcome): string {
  return print(documentOf(outcome))
}

/** A failure as its JSON document. */
export function jsonOfFailure({ code, message, hint, exitStatus }: Failure): string {
  return print({ error: { code, message, hint, exit_code: exitStatus } })
}

function print(document: Document): string {
  return `${JSON.stringify(document, undefined, 2)}\n`
}

function documentOf(outcome: Outcome): Document {
  switch (outcome.kind) {
    case 'backup':
      return backupDocument(outcome.result)
    case 'show':
      return outcome.backups.map(row)
    case 'delete':
      return row(outcome.backup)
    case 'restore':
      return restoreDocument(outcome)
    case 'verify':
      return outcome.results.map(({ backup, ...result }) => ({ ...row(backup), ...result }))
    case 'sync':
      return syncDocument(outcome.result)
    case 'keygen':
      return { recipient: outcome.recipient, file: outcome.file }
    case 'keygen-text':
      return { recipient: outcome.recipient, identity: outcome.identity }
  }
}

/** A backup as the catalog's row; dates are seconds since 1970 there, so `date` says it for people. */
function row(backup: Backup): Document {
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
  }
}

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000)
}

function backupDocument(result: BackupResult): Document {
  const { files, entries, bytesRead, durationMs, warnings } = result
  return { ...row(result), files, entries, bytes_read: bytesRead, duration_ms: Math.round(durationMs), warnings }
}

function syncDocument({ added, removed, problems }: Extract<Outcome, { kind: 'sync' }>['result']): Document {
  return { added: added.map(row), removed: removed.map(row), problems }
}

function restoreDocument({ result, file }: Extract<Outcome, { kind: 'restore' }>): Document {
  const { backup, to, topLevel, files, entries, bytesWritten, durationMs, warnings } = result
  return {
    ...(backup === undefined ? { file } : row(backup)),
    to,
    top_level: topLevel,
    files,
    entries,
    bytes_written: bytesWritten,
    duration_ms: Math.round(durationMs),
    warnings,
  }
}
