import type { BackupRow } from '@bakthat/catalog'
import { leftovers, type Leftovers } from '@bakthat/storage'
import { aDay, youth, type CleanupOptions } from './clutter.js'
import type { DestinationContext } from './context.js'
import { pendingRows } from './recover.js'
import { wasInterrupted } from './writer.js'

/**
 * The stored names of the pending backups of a destination that may still go on: their process is not known to be gone, and
 * something was written of them within a day, or however much longer what is young is left alone. A number of a process alone
 * tells little: it is given again, in containers the same one to each, and those have a new host name each time. Where the
 * store does not tell what is being written, or like one with an inventory only since when, they all may go on.
 */
export async function underWay(context: DestinationContext, options: CleanupOptions): Promise<ReadonlySet<string>> {
  const rows = pendingRows(context).filter((row) => !wasInterrupted(context, row))
  const { backend } = context
  const talent = backend.capabilities.listing === 'deferred' ? undefined : leftovers(backend)
  const written = rows.length === 0 || talent === undefined ? undefined : await lastWritten(talent, options)
  const threshold = { olderThanSeconds: Math.max(aDay, options.olderThanSeconds ?? 0) }
  // Not when the backup was made: a copy of an old one was begun later.
  const mayGoOn = ({ storedFilename, lastUpdated }: BackupRow): boolean => {
    const dates = [lastUpdated, ...(written?.get(storedFilename) ?? [])]
    return written === undefined || dates.some((date) => youth(date, context.now(), threshold) !== undefined)
  }
  return new Set(rows.filter(mayGoOn).map(({ storedFilename }) => storedFilename))
}

/** When something was last written of each name that is being stored, as far as the store says. */
async function lastWritten(
  talent: Leftovers,
  { signal }: CleanupOptions,
): Promise<ReadonlyMap<string, readonly (Date | undefined)[]>> {
  const written = new Map<string, (Date | undefined)[]>()
  for await (const { name, writtenAt } of talent.leftovers(signal && { signal }))
    written.set(name, [...(written.get(name) ?? []), writtenAt])
  return written
}
