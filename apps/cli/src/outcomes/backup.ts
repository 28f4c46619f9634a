import type { BackupResult } from 'bakthat'
import { report, type Outcome } from '../outcome.js'
import { backupDocument } from '../print/backup-document.js'
import { details } from '../print/details.js'
import { formatFiles, formatPace } from '../print/quantities.js'
import type { Style } from '../print/style.js'
import { showControls } from '../print/width.js'
import { formatSize } from '../size.js'
import { statusOfWarnings, warningLines } from './warnings.js'

/** A finished backup. */
export function backupOutcome(result: BackupResult): Outcome {
  return {
    document: () => documentOf(result),
    text: (style) => report(textOf(result, style), warningLines(result.warnings)),
    ...statusOfWarnings(result.warnings),
  }
}

function documentOf(result: BackupResult): object {
  const { files, entries, bytesRead, durationMs, warnings, unchanged } = result
  return {
    ...backupDocument(result),
    files,
    entries,
    bytes_read: bytesRead,
    duration_ms: Math.round(durationMs),
    warnings,
    unchanged,
  }
}

function textOf(result: BackupResult, style: Style): string {
  if (result.unchanged === true)
    return `nothing was changed since ${style.bold(showControls(result.storedFilename))}: no backup was made\n`
  const { storedFilename, size, backend, container, files, bytesRead, durationMs, metadata } = result
  return details(`stored ${style.bold(showControls(storedFilename))}`, [
    ['size', `${formatSize(size)} stored, from ${formatSize(bytesRead)} in ${formatFiles(files)}`],
    ['took', formatPace(durationMs, bytesRead)],
    ['destination', `${backend} (${showControls(container)})`],
    ['encrypted', encryptionText(metadata.encryption)],
  ])
}

function encryptionText(encryption: unknown): string {
  if (encryption === 'recipients') return 'to its recipients'
  return encryption === 'passphrase' ? 'with a password' : 'no'
}
