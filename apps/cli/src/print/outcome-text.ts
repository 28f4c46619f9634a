import type { Backup, BackupResult } from 'bakthat'
import type { Outcome } from '../outcome.js'
import { formatSize } from '../size.js'
import { formatBackups } from './backup-table.js'
import { formatCount, formatDuration, formatFiles } from './quantities.js'
import type { Style } from './style.js'
import { verifyText } from './verify-text.js'
import { pad, showControls } from './width.js'

/** What is said of an outcome. */
export interface OutcomeText {
  /** For standard output. */
  readonly result: string
  /** Whether the result is what the command was called for, and is printed even with `--quiet`. */
  readonly isAnswer: boolean
  /** For standard error, one a line: what is missing or damaged. */
  readonly problems: readonly string[]
  /** For standard error, one a line, unless quiet: what else was met. */
  readonly warnings: readonly string[]
  /** For standard error, unless quiet: what to know or do now. */
  readonly notes: readonly string[]
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
      return verifyText(outcome, style)
    case 'sync':
      return syncText(outcome.result, style)
    case 'keygen':
      return answer(`${outcome.recipient}\n`, keygenNotes(outcome))
    case 'keygen-text':
      return answer(outcome.text, [`recipient: ${outcome.recipient}`])
  }
}

type Warning = BackupResult['warnings'][number]

function report(result: string, warnings: readonly Warning[] = []): OutcomeText {
  const lines = (incomplete: boolean): readonly string[] =>
    shorten(warnings.filter((warning) => warning.incomplete === incomplete).map(warningText))
  return { result, isAnswer: false, problems: lines(true), warnings: lines(false), notes: [] }
}

function answer(result: string, notes: readonly string[] = []): OutcomeText {
  return { result, isAnswer: true, problems: [], warnings: [], notes }
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

function restoreText({ result, file }: Extract<Outcome, { kind: 'restore' }>, style: Style): string {
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

/** How long it took, and how fast it was, where there was enough to tell. */
function formatPace(durationMs: number, bytes: number): string {
  const isTelling = durationMs >= 1 && bytes >= 1e6
  return formatDuration(durationMs) + (isTelling ? `, ${formatSize((bytes / durationMs) * 1000)}/s` : '')
}

function details(title: string, lines: readonly (readonly [label: string, text: string])[]): string {
  const widest = Math.max(...lines.map(([label]) => label.length))
  return [title, ...lines.map(([label, text]) => `  ${pad(label, widest)}  ${text}`), ''].join('\n')
}

function syncText(
  { added, removed, problems: found }: Extract<Outcome, { kind: 'sync' }>['result'],
  style: Style,
): OutcomeText {
  const lines = [
    ...added.map(({ storedFilename }) => `${style.green('added')}    ${showControls(storedFilename)}`),
    ...removed.map(({ storedFilename }) => `${style.yellow('removed')}  ${showControls(storedFilename)}`),
    `${formatCount(added.length)} added, ${formatCount(removed.length)} removed`,
  ]
  const problems = shorten(found.map(showControls))
  return { result: `${lines.join('\n')}\n`, isAnswer: false, problems, warnings: [], notes: [] }
}

function keygenNotes({ recipient, file }: Extract<Outcome, { kind: 'keygen' }>): readonly string[] {
  const shown = showControls(file)
  return [
    `The identity is in ${shown}. Keep a copy elsewhere: without it nothing can be restored.`,
    recipient.length > 80
      ? '  bakthat backup PATH --recipients-file FILE    (a file with the recipient in it)'
      : `  bakthat backup PATH --recipient ${recipient}`,
    `  bakthat restore NAME --identity ${shown}`,
  ]
}
