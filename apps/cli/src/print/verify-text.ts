import type { VerifyResult } from 'bakthat'
import type { Outcome } from '../outcome.js'
import type { OutcomeText } from './outcome-text.js'
import { formatCount, formatFiles } from './quantities.js'
import type { Style } from './style.js'
import { showControls } from './width.js'

/** A line for each backup that was verified; what is amiss is told as a problem too. */
export function verifyText({ results, keyGiven }: Extract<Outcome, { kind: 'verify' }>, style: Style): OutcomeText {
  const damaged = results.filter(({ outcome }) => outcome === 'damaged')
  const failed = results.filter(({ outcome }) => outcome === 'damaged' || (keyGiven && outcome === 'stored'))
  const summary = `${formatCount(results.length)} backups, ${formatCount(damaged.length)} damaged\n`
  return {
    result: results.map((result) => `${verdict(result, style)}\n`).join('') + (results.length > 1 ? summary : ''),
    isAnswer: false,
    problems: failed.map(problemText),
    warnings: [],
    notes: [],
  }
}

function verdict({ backup, outcome, files }: VerifyResult, style: Style): string {
  const name = showControls(backup.storedFilename)
  if (outcome === 'damaged') return `${style.red('DAMAGED')}   ${name}`
  if (outcome === 'stored') return `${style.yellow('unopened')}  ${name}: as it was stored; its contents were not read`
  return `${style.green('whole')}     ${name}${files === undefined ? '' : `: ${formatFiles(files)}`}`
}

function problemText({ backup, outcome, problem }: VerifyResult): string {
  const what = outcome === 'damaged' ? 'is damaged' : 'was not opened'
  return `${showControls(backup.storedFilename)} ${what}${problem === undefined ? '' : `: ${showControls(problem.message)}`}`
}
