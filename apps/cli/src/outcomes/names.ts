import { isFromTheFuture } from '@bakthat/rotation'
import type { Backup } from 'bakthat'
import { answer, someItemsFailed, type Outcome } from '../outcome.js'
import { formatMinute, formatMoment } from '../print/dates.js'
import { formatCount } from '../print/quantities.js'
import { formatTable, type Column } from '../print/table.js'
import { showControls } from '../print/width.js'
import { formatSize } from '../size.js'
import { shortened } from './shortened.js'

/** The backups of one name in one place. */
interface Name {
  readonly filename: string
  readonly backend: string
  readonly container: string
  /** Oldest first. */
  readonly backups: Backup[]
}

const columns: readonly Column[] = [
  { title: 'Newest (UTC)' },
  { title: 'Backups', right: true },
  { title: 'Size', right: true },
  { title: 'Name', flexible: true },
  { title: 'Stored in', flexible: true },
]

/**
 * What names the backups have, of which the oldest are given first; the name whose newest is the newest comes last. Those that have none
 * of the last `staleAfter` seconds are told as problems: one from the future is of a clock that was wrong, and proves nothing.
 */
export function namesOutcome(backups: readonly Backup[], now: Date, staleAfter?: number): Outcome {
  const names = namesOf(backups)
  const isStale = (name: Name): boolean => staleAfter !== undefined && !isFresh(name, now, staleAfter)
  const stale = names.filter(isStale)
  return {
    document: () =>
      names.map((name) => ({ ...documentOf(name), ...(staleAfter !== undefined && { is_stale: isStale(name) }) })),
    text: (style, width) => ({
      ...answer(formatTable(columns, names.map(cellsOf), style, width)),
      problems: shortened(stale.map(problemText)),
    }),
    exitStatus: stale.length > 0 ? someItemsFailed : 0,
  }
}

/** All but the values of keys, which are replaced where they are, and have no history. */
export function withoutValues(backups: readonly Backup[]): readonly Backup[] {
  return backups.filter(({ metadata }) => metadata['KeyValue'] !== true)
}

function namesOf(backups: readonly Backup[]): readonly Name[] {
  const names = new Map<string, Name>()
  for (const backup of backups) {
    const { filename, backend, container } = backup
    const id = JSON.stringify([filename, backend, container])
    const name = names.get(id) ?? { filename, backend, container, backups: [] }
    names.set(id, name)
    name.backups.push(backup)
  }
  return [...names.values()].sort(
    (one, other) => newestOf(one).backupDate.getTime() - newestOf(other).backupDate.getTime(),
  )
}

function isFresh({ backups }: Name, now: Date, seconds: number): boolean {
  const since = now.getTime() - seconds * 1000
  return backups.some(({ backupDate }) => backupDate.getTime() >= since && !isFromTheFuture(backupDate, now))
}

function newestOf({ backups }: Name): Backup {
  return backups.at(-1)!
}

function sizeOf({ backups }: Name): number {
  return backups.reduce((sum, { size }) => sum + size, 0)
}

function documentOf(name: Name): object {
  const { filename, backend, container, backups } = name
  const { storedFilename, backupDate } = newestOf(name)
  return {
    filename,
    backend,
    container,
    backups: backups.length,
    size: sizeOf(name),
    oldest: backups[0]!.backupDate,
    newest: backupDate,
    stored_filename: storedFilename,
  }
}

function cellsOf(name: Name): readonly string[] {
  const { filename, backend, container, backups } = name
  return [
    formatMinute(newestOf(name).backupDate),
    formatCount(backups.length),
    formatSize(sizeOf(name)),
    showControls(filename),
    showControls(`${backend} (${container})`),
  ]
}

function problemText(name: Name): string {
  return showControls(`${name.filename} is stale: its newest backup is of ${formatMoment(newestOf(name).backupDate)}`)
}
