import type { FindResult, FoundEntry, Unsearched } from 'bakthat'
import { exitCodeOf } from '@bakthat/errors'
import { answer, someItemsFailed, type Outcome } from '../outcome.js'
import { entryCells } from '../print/entry-lines.js'
import { formatCount } from '../print/quantities.js'
import type { Style } from '../print/style.js'
import { showControls } from '../print/width.js'
import { entryDocument } from './contents.js'
import { shortened } from './shortened.js'

/** Which backups hold what was looked for. */
export function findOutcome({ searched, found, unsearched }: FindResult): Outcome {
  return {
    document: () => ({
      found: found.map((entry) => ({
        ...entryDocument(entry),
        stored_filenames: entry.backups.map(({ storedFilename }) => storedFilename),
      })),
      unsearched: unsearched.map(({ backup, problem }) => ({ stored_filename: backup.storedFilename, problem })),
    }),
    text: (style) => ({
      ...answer(textOf(found, style), notesOf(searched, found, unsearched)),
      problems: shortened(unsearched.map(problemText)),
    }),
    exitStatus: unsearched.length > 0 ? someItemsFailed : found.length === 0 ? exitCodeOf('NOT_FOUND') : 0,
  }
}

/** Each path above its states. Nothing is cut: of both, paths and stored names, a restore wants every letter. */
function textOf(found: readonly FoundEntry[], style: Style): string {
  const lines: string[] = []
  let above: string | undefined
  for (const entry of found) {
    const { size, changed, path } = entryCells(entry)
    if (path !== above) lines.push(style.bold(path))
    above = path
    lines.push(`${size.padStart(10)}  ${changed.padEnd(16)}  ${holders(entry)}`)
  }
  return lines.map((line) => `${line}\n`).join('')
}

function holders({ backups }: FoundEntry): string {
  const newest = showControls(backups.at(-1)!.storedFilename)
  return backups.length === 1 ? newest : `${newest} and ${formatCount(backups.length - 1)} before it`
}

function problemText({ backup, problem }: Unsearched): string {
  return showControls(`${backup.storedFilename} was not searched: ${problem.message}`)
}

function notesOf(searched: number, found: readonly FoundEntry[], unsearched: readonly Unsearched[]): readonly string[] {
  const hasNoIndex = unsearched.some(({ problem }) => problem.code === 'NOT_FOUND')
  return [
    ...(found.length === 0
      ? [`nothing was found; backups searched: ${formatCount(searched - unsearched.length)}`]
      : []),
    ...(hasNoIndex ? ['list what is in one without an index with: bakthat contents NAME, which reads all of it'] : []),
  ]
}
