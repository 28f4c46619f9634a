import type { JobState } from 'bakthat'
import { answer, type Outcome } from '../outcome.js'
import { backupDocument } from '../print/backup-document.js'
import { formatMinute } from '../print/dates.js'
import { formatTable, type Column } from '../print/table.js'
import { showControls } from '../print/width.js'
import { formatSize } from '../size.js'

const columns: readonly Column[] = [
  { title: 'State' },
  { title: 'Asked (UTC)' },
  { title: 'Expected / until' },
  { title: 'Tier' },
  { title: 'Size', right: true },
  { title: 'Stored name', flexible: true },
]

/** What was asked for of cold storage. */
export function jobsOutcome(jobs: readonly JobState[]): Outcome {
  return {
    document: () => jobs.map(documentOf),
    text: (style, width) =>
      jobs.length === 0
        ? answer('nothing is under way\n')
        : answer(formatTable(columns, jobs.map(cellsOf), style, width), notesOf(jobs)),
  }
}

function documentOf({ backup, state, tier, askedAt, expectedAt, readableUntil }: JobState): object {
  return {
    ...backupDocument(backup),
    state: state.replace(' ', '_'),
    tier,
    asked_at: askedAt,
    expected_at: expectedAt,
    readable_until: readableUntil,
  }
}

function cellsOf({ backup, state, tier, askedAt, expectedAt, readableUntil }: JobState): readonly string[] {
  const moment = state === 'ready' ? readableUntil : state === 'under way' ? expectedAt : undefined
  return [
    state,
    formatMinute(askedAt),
    moment === undefined ? '' : formatMinute(moment),
    tier ?? '',
    formatSize(backup.size),
    showControls(backup.storedFilename),
  ]
}

function notesOf(jobs: readonly JobState[]): readonly string[] {
  const has = (state: JobState['state']): boolean => jobs.some((job) => job.state === state)
  return [
    ...(has('ready') ? ['get what is ready with: bakthat restore NAME'] : []),
    ...(has('lapsed')
      ? ['ask again for what lapsed, which costs again, with: bakthat restore NAME --request-again']
      : []),
    ...(has('gone') ? ['what is gone is no longer stored: mend the catalog with bakthat sync'] : []),
  ]
}
