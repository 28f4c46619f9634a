import type { ArchiveEntry, GlacierInventory } from 'bakthat'
import { answer, report, type Outcome } from '../outcome.js'
import { formatMinute, formatMoment } from '../print/dates.js'
import { formatCount } from '../print/quantities.js'
import { pad, showControls } from '../print/width.js'
import { formatSize } from '../size.js'

/** What a vault said that it holds. */
export function inventoryOutcome({ asOf, archives }: GlacierInventory): Outcome {
  return {
    document: () => ({
      as_of: asOf?.toISOString(),
      archives: archives.map(({ archiveId, filename, size, storedAt }) => ({
        archive_id: archiveId,
        filename,
        size,
        stored_at: storedAt?.toISOString(),
      })),
    }),
    text: () => {
      const lines = archives.map(({ filename, size, storedAt }) => {
        const date = storedAt === undefined ? '' : formatMinute(storedAt)
        return `${date.padEnd(16)}  ${pad(formatSize(size), 8)}  ${showControls(filename)}\n`
      })
      const when = asOf === undefined ? '' : `, as of ${formatMoment(asOf)}`
      return answer(lines.join(''), [`${archivesIn(archives.length)}${when}`])
    },
  }
}

/** Which archive holds which stored name; `done` says what was done with it. */
export function mapOutcome(entries: readonly ArchiveEntry[], done?: string): Outcome {
  return {
    document: () => ({
      archives: entries.map(({ filename, archiveId }) => ({ filename, archive_id: archiveId })),
    }),
    text: () => {
      if (done !== undefined) return report(`${archivesIn(entries.length)} ${done}\n`)
      const lines = entries.map(({ filename, archiveId }) => `${showControls(filename)}  ${showControls(archiveId)}\n`)
      return answer(lines.join(''), [archivesIn(entries.length)])
    },
  }
}

function archivesIn(count: number): string {
  return count === 1 ? '1 archive' : `${formatCount(count)} archives`
}
