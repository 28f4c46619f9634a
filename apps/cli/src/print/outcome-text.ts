import type { Backup, BackupResult, VerifyResult } from 'bakthat'
import type { Outcome } from '../outcome.js'
import { formatSize } from '../size.js'
import { formatBackups } from './backup-table.js'
import { formatCount, formatDuration } from './quantities.js'
import type { Style } from './style.js'
import { pad, showControls } from './width.js'

/** What is said of an outcome. */
export interface OutcomeText {
  /** For standard output. */
  readonly result: string
  /** Whether the result is what the command was called for, and is printed even with `--quiet`. */
  readonly isAnswer: boolean
  /** For standard error, one a line: what is missing or damaged. */
  readonly problems: readonly string[]
  /** For standard error, one a line, unless quiet. */
  readonly warnings: readonly string[]
}

const mostWarnings = 20

/** An outcome for people. `columns`: of the terminal that the result is shown on. */
export function textOf(outcome: Outcome, style: Style, columns: number | undefined): OutcomeText {
  switch (outcome.kind) {
    case 'backup':
      return report(backupText(outcome.result, style), outcome.result.warnings)
    case 'show':
      return answer(formatBackups(outcome.backups, style, columns))
    case 'restore':
      return report(restoreText(outcome, style), outcome.result.warnings)
    case 'delete':
      return report(`deleted ${describe(outcome.backup, style)}\n`)
    case 'verify':
      return verifyText(outcome.results, style)
    case 'keygen':
      return answer(keygenText(outcome, style))
    case 'keygen-text':
      return answer(outcome.text)
  }
}

type Warning = BackupResult['warnings'][number]

function report(result: string, warnings: readonly Warning[] = []): OutcomeText {
  const lines = (incomplete: boolean): readonly string[] =>
    shorten(warnings.filter((warning) => warning.incomplete === incomplete).map(warningText))
  return { result, isAnswer: false, problems: lines(true), warnings: lines(false) }
}

function answer(result: string): OutcomeText {
  return { result, isAnswer: true, problems: [], warnings: [] }
}

function warningText({ path, message }: Warning): string {
  return `${showControls(path)}: ${showControls(message)}`
}

function shorten(lines: readonly string[]): readonly string[] {
  if (lines.length <= mostWarnings) return lines
  return [...lines.slice(0, mostWarnings), `… and ${formatCount(lines.length - mostWarnings)} more; --json lists all`]
}

function describe({ storedFilename, size, backend }: Backup, style: Style): string {
  return `${style.bold(showControls(storedFilename))} (${formatSize(size)}, ${backend})`
}

function backupText(result: BackupResult, style: Style): string {
  const { storedFilename, size, backend, container, files, bytesRead, durationMs, metadata } = result
  return details(`stored ${style.bold(showControls(storedFilename))}`, [
    [
      'size',
      `${formatSize(size)} stored, from ${formatSize(bytesRead)} in ${files === 1 ? '1 file' : `${formatCount(files)} files`}`,
    ],
    ['took', formatPace(durationMs, bytesRead)],
    ['destination', `${backend} (${showControls(container)})`],
    ['encrypted', encryptionText(metadata.encryption)],
  ])
}

function encryptionText(encryption: unknown): string {
  if (encryption === 'recipients') return 'to its recipients'
  return encryption === 'passphrase' ? 'with a password' : 'no'
}

function restoreText({ result, file }: Extract<Outcome, { kind: 'restore' }>, style: Style): string {
  const { backup, to, topLevel, files, bytesWritten, durationMs } = result
  const name = showControls(backup?.storedFilename ?? file ?? '')
  return details(`restored ${style.bold(name)}`, [
    ['into', `${showControls(to)}: ${listSome(topLevel)}`],
    ['size', `${formatSize(bytesWritten)} in ${files === 1 ? '1 file' : `${formatCount(files)} files`}`],
    ['took', formatPace(durationMs, bytesWritten)],
  ])
}

function listSome(names: readonly string[]): string {
  const shown = names.slice(0, 5).map(showControls).join(', ')
  return names.length > 5 ? `${shown} and ${formatCount(names.length - 5)} more` : shown || 'nothing: it is empty'
}

function formatPace(durationMs: number, bytes: number): string {
  const pace = durationMs >= 1 ? `, ${formatSize((bytes / durationMs) * 1000)}/s` : ''
  return formatDuration(durationMs) + pace
}

function details(title: string, lines: readonly (readonly [label: string, text: string])[]): string {
  const widest = Math.max(...lines.map(([label]) => label.length))
  return [title, ...lines.map(([label, text]) => `  ${pad(label, widest)}  ${text}`), ''].join('\n')
}

function verifyText(results: readonly VerifyResult[], style: Style): OutcomeText {
  const lines = results.map((result) => `${verdict(result, style)}\n`)
  const damaged = results.filter((result) => result.outcome === 'damaged')
  const summary =
    results.length > 1 ? `${formatCount(results.length)} backups, ${formatCount(damaged.length)} damaged\n` : ''
  const problems = damaged.map(
    ({ backup, problem }) =>
      `${showControls(backup.storedFilename)} is damaged: ${showControls(problem?.message ?? '')}`,
  )
  return { result: lines.join('') + summary, isAnswer: false, problems, warnings: [] }
}

function verdict({ backup, outcome, problem, files }: VerifyResult, style: Style): string {
  const name = showControls(backup.storedFilename)
  switch (outcome) {
    case 'contents':
      return `${style.green('whole')}    ${name}${files === undefined ? '' : `: ${files === 1 ? '1 file' : `${formatCount(files)} files`}`}`
    case 'stored':
      return `${style.yellow('stored')}   ${name}: as it was stored; not looked into, for ${problem === undefined ? 'want of a key' : showControls(problem.message)}`
    case 'damaged':
      return `${style.red('DAMAGED')}  ${name}`
  }
}

function keygenText({ recipient, file }: Extract<Outcome, { kind: 'keygen' }>, style: Style): string {
  return details(style.bold(recipient), [
    ['identity', `${showControls(file)} (keep a copy elsewhere: without it nothing can be restored)`],
    ['back up', 'bakthat backup PATH --recipient with the recipient above'],
    ['restore', `bakthat restore NAME --identity ${showControls(file)}`],
  ])
}
