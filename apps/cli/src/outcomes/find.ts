import type { FindResult, FoundEntry, Unsearched } from 'bakthat'
import { exitCodeOf } from '@bakthat/errors'
import { someItemsFailed, type Outcome } from '../outcome.js'
import { entryCells } from '../print/entry-lines.js'
import { formatCount } from '../print/quantities.js'
import { formatTable, type Column } from '../print/table.js'
import { showControls } from '../print/width.js'
import { entryDocument } from './contents.js'
import { shortened } from './shortened.js'

const columns: readonly Column[] = [
  { title: 'Size', right: true },
  { title: 'Changed (UTC)' },
  { title: 'Backups', right: true },
  { title: 'Newest of them', flexible: true },
  { title: 'Path', flexible: true },
]

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
    text: (style, width) => ({
      result: found.length === 0 ? '' : formatTable(columns, found.map(cellsOf), style, width),
      isAnswer: true,
      problems: shortened(unsearched.map(problemText)),
      warnings: [],
      notes: notesOf(searched, found, unsearched),
    }),
    exitStatus: unsearched.length > 0 ? someItemsFailed : found.length === 0 ? exitCodeOf('NOT_FOUND') : 0,
  }
}

function cellsOf(entry: FoundEntry): readonly string[] {
  const { size, changed, path } = entryCells(entry)
  const newest = entry.backups.at(-1)!.storedFilename
  return [size, changed, formatCount(entry.backups.length), showControls(newest), path]
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
