import type { RestoreResult } from 'bakthat'
import { report, type Outcome } from '../outcome.js'
import { backupDocument } from '../print/backup-document.js'
import { details } from '../print/details.js'
import { formatCount, formatFiles, formatPace } from '../print/quantities.js'
import type { Style } from '../print/style.js'
import { showControls } from '../print/width.js'
import { formatSize } from '../size.js'
import { statusOfWarnings, warningLines } from './warnings.js'

/** A finished restore, of a backup or of an archive file. */
export function restoreOutcome(result: RestoreResult, file: string | undefined): Outcome {
  return {
    document: () => documentOf(result, file),
    text: (style) => report(textOf(result, file, style), warningLines(result.warnings)),
    ...statusOfWarnings(result.warnings),
  }
}

function documentOf(result: RestoreResult, file: string | undefined): object {
  const { backup, to, topLevel, files, entries, bytesWritten, durationMs, warnings } = result
  return {
    ...(backup === undefined ? { file } : backupDocument(backup)),
    to,
    top_level: topLevel,
    files,
    entries,
    bytes_written: bytesWritten,
    duration_ms: Math.round(durationMs),
    warnings,
  }
}

function textOf(result: RestoreResult, file: string | undefined, style: Style): string {
  const { backup, to, topLevel, files, bytesWritten, durationMs } = result
  const name = showControls(backup?.storedFilename ?? file ?? '')
  return details(`restored ${style.bold(name)}`, [
    ['into', `${showControls(to)}: ${listSome(topLevel)}`],
    ['size', `${formatSize(bytesWritten)} in ${formatFiles(files)}`],
    ['took', formatPace(durationMs, bytesWritten)],
  ])
}

function listSome(names: readonly string[]): string {
  const shown = names.slice(0, 5).map(showControls).join(', ')
  return names.length > 5 ? `${shown} and ${formatCount(names.length - 5)} more` : shown || 'nothing: it is empty'
}
