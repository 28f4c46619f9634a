import type { CleanupItem } from 'bakthat'
import { report, someItemsFailed, type Outcome } from '../outcome.js'
import { formatMinute } from '../print/dates.js'
import { formatCount } from '../print/quantities.js'
import { formatTable, type Column } from '../print/table.js'
import { showControls } from '../print/width.js'
import { formatSize } from '../size.js'

const columns: readonly Column[] = [
  { title: 'Outcome' },
  { title: 'What' },
  { title: 'Since (UTC)' },
  { title: 'Size', right: true },
  { title: 'Name', flexible: true },
  { title: 'Why', flexible: true },
]

/** What did not belong in a destination, and what became of it. */
export function cleanupOutcome(items: readonly CleanupItem[]): Outcome {
  const failed = items.filter(({ outcome }) => outcome === 'failed')
  return {
    document: () => items,
    text: (style, width) => {
      if (items.length === 0) return report('there is nothing to clean up\n')
      const found = items.some(({ outcome }) => outcome === 'found')
      const text = formatTable(columns, items.map(cellsOf), style, width) + `${summary(items)}\n`
      return {
        ...report(text, {
          problems: failed.map(({ name, reason = '' }) => showControls(`${name} could not be removed: ${reason}`)),
          notes: found ? ['nothing was removed: run it without --dry-run'] : [],
        }),
        isAnswer: found,
      }
    },
    exitStatus: failed.length > 0 ? someItemsFailed : 0,
  }
}

const kinds: Readonly<Record<CleanupItem['kind'], string>> = {
  leftover: 'unfinished upload',
  orphan: 'piece of no backup',
  pending: 'begun backup',
  deferred: 'deferred deletion',
}

function cellsOf({ kind, name, size, since, outcome, reason = '' }: CleanupItem): readonly string[] {
  return [
    outcome,
    kinds[kind],
    since === undefined ? '' : formatMinute(since),
    size === undefined ? '' : formatSize(size),
    showControls(name),
    showControls(reason),
  ]
}

function summary(items: readonly CleanupItem[]): string {
  const count = (outcome: CleanupItem['outcome']): number => items.filter((item) => item.outcome === outcome).length
  const order = ['found', 'removed', 'completed', 'kept', 'failed'] as const
  return order
    .flatMap((outcome) => (count(outcome) > 0 ? [`${formatCount(count(outcome))} ${outcome}`] : []))
    .join(', ')
}
