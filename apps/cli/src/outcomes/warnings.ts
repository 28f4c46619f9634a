import type { BackupResult } from 'bakthat'
import { someItemsFailed, type Outcome, type OutcomeText } from '../outcome.js'
import { showControls } from '../print/width.js'
import { shortened } from './shortened.js'

type Warning = BackupResult['warnings'][number]

/** What is missing from a backup or a restore is a problem; what else was met is a warning. */
export function warningLines(warnings: readonly Warning[]): Pick<OutcomeText, 'problems' | 'warnings'> {
  const lines = (incomplete: boolean): readonly string[] =>
    shortened(warnings.filter((warning) => warning.incomplete === incomplete).map(warningText))
  return { problems: lines(true), warnings: lines(false) }
}

/** A backup or a restore that something is missing from has not failed, and is not done either. */
export function statusOfWarnings(warnings: readonly Warning[]): Pick<Outcome, 'exitStatus'> {
  return { exitStatus: warnings.some((warning) => warning.incomplete) ? someItemsFailed : 0 }
}

function warningText({ path, message }: Warning): string {
  return `${showControls(path)}: ${showControls(message)}`
}
