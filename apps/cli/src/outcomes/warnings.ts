import type { BackupResult } from 'bakthat'
import { someItemsFailed, type Outcome, type OutcomeText } from '../outcome.js'
import { showControls } from '../print/width.js'
import { shortened } from './shortened.js'

type Warning = BackupResult['warnings'][number]

/** What is missing from a backup or a restore is a problem; what else was met is a warning. */
export function warningLines(warnings: readonly Warning[]): Pick<OutcomeText, 'problems' | 'warnings'> {
  return {
    problems: linesOf(warnings.filter(({ incomplete }) => incomplete)),
    warnings: linesOf(warnings.filter(({ incomplete }) => !incomplete)),
  }
}

/** One that is of no path says how many more there were than were kept: whatever else is left out, that is told. */
function linesOf(warnings: readonly Warning[]): readonly string[] {
  const named = warnings.filter(({ path }) => path !== '').map(warningText)
  const rest = warnings.filter(({ path }) => path === '').map(({ message }) => showControls(message))
  return [...shortened(named), ...rest]
}

/** A backup or a restore that something is missing from has not failed, and is not done either. */
export function statusOfWarnings(warnings: readonly Warning[]): Pick<Outcome, 'exitStatus'> {
  return { exitStatus: warnings.some((warning) => warning.incomplete) ? someItemsFailed : 0 }
}

function warningText({ path, message }: Warning): string {
  return `${showControls(path)}: ${showControls(message)}`
}
