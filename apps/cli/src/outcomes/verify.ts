import type { VerifyResult } from 'bakthat'
import { exitCodeOf } from '@bakthat/errors'
import { report, type Outcome } from '../outcome.js'
import { backupDocument } from '../print/backup-document.js'
import { formatCount, formatFiles } from '../print/quantities.js'
import type { Style } from '../print/style.js'
import { showControls } from '../print/width.js'

/** What a verification found; what is amiss is told as a problem too. `keyGiven`: backups that it does not open are amiss. */
export function verifyOutcome(results: readonly VerifyResult[], keyGiven: boolean): Outcome {
  return {
    document: () => results.map(({ backup, ...result }) => ({ ...backupDocument(backup), ...result })),
    text: (style) => report(textOf(results, style), { problems: problemsIn(results, keyGiven) }),
    exitStatus: statusOf(results, keyGiven),
  }
}

/** That of damage if anything is damaged, else that of a wrong key if a key was given and did not open everything. */
function statusOf(results: readonly VerifyResult[], keyGiven: boolean): number {
  if (results.some(({ outcome }) => outcome === 'damaged')) return exitCodeOf('INTEGRITY')
  return keyGiven && results.some(({ outcome }) => outcome === 'stored') ? exitCodeOf('WRONG_KEY') : 0
}

function textOf(results: readonly VerifyResult[], style: Style): string {
  const damaged = results.filter(({ outcome }) => outcome === 'damaged')
  const cold = results.filter(({ outcome }) => outcome === 'cold').length
  const unread = cold === 0 ? '' : `, ${formatCount(cold)} cold`
  const summary = `${formatCount(results.length)} backups${placeOf(results)}, ${formatCount(damaged.length)} damaged${unread}\n`
  return results.map((result) => `${verdict(result, style)}\n`).join('') + (results.length > 1 ? summary : '')
}

/** Where they lie: one destination is verified at a time. */
function placeOf([first]: readonly VerifyResult[]): string {
  return first === undefined ? '' : ` in ${first.backup.backend} (${showControls(first.backup.container)})`
}

function verdict({ backup, outcome, files }: VerifyResult, style: Style): string {
  const name = showControls(backup.storedFilename)
  if (outcome === 'damaged') return `${style.red('DAMAGED')}   ${name}`
  if (outcome === 'cold') return `${style.yellow('cold')}      ${name}: not read, which would cost a retrieval`
  if (outcome === 'stored') return `${style.yellow('unopened')}  ${name}: as it was stored; its contents were not read`
  return `${style.green('whole')}     ${name}${files === undefined ? '' : `: ${formatFiles(files)}`}`
}

function problemsIn(results: readonly VerifyResult[], keyGiven: boolean): readonly string[] {
  return results.filter(({ outcome }) => outcome === 'damaged' || (keyGiven && outcome === 'stored')).map(problemText)
}

function problemText({ backup, outcome, problem }: VerifyResult): string {
  const what = outcome === 'damaged' ? 'is damaged' : 'was not opened'
  return `${showControls(backup.storedFilename)} ${what}${problem === undefined ? '' : `: ${showControls(problem.message)}`}`
}
