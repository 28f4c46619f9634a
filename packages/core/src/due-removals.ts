import type { BackupRow } from '@bakthat/catalog'
import { isBakthatError } from '@bakthat/errors'
import type { CleanupOptions, Clutter } from './clutter.js'
import { placeOf, type DestinationContext } from './context.js'
import { isByRule } from './deferral.js'
import { groupOf } from './group.js'
import { removeBackup } from './remove.js'
import { moment } from './words.js'

/**
 * The backups that were to be removed later. What a rule chose stays where nothing newer of its name is whole in the store: the
 * newest of that day may be gone by now, may have been damaged, or be about to be removed itself.
 */
export async function dueRemovals(context: DestinationContext, options: CleanupOptions): Promise<readonly Clutter[]> {
  const newest = new Map<string, Date | undefined>()
  const found: Clutter[] = []
  for (const backup of context.catalog.find(placeOf(context.backend))) {
    const { deleteAfter, filename, storedFilename, size, backupDate, metadata } = backup
    if (deleteAfter === undefined) continue
    const byRule = isByRule(metadata)
    if (byRule && deleteAfter <= context.now() && !newest.has(filename))
      newest.set(filename, await newestWhole(context, filename, options))
    found.push({
      kind: 'deferred',
      name: storedFilename,
      size,
      since: backupDate,
      keptBecause: whyKept(context, backup, byRule, newest.get(filename)),
      deal: async () => {
        const { deferredUntil } = await removeBackup(context, backup, { ...options, byRule })
        if (deferredUntil === undefined) return { outcome: 'removed' }
        return { outcome: 'kept', reason: `locked until ${moment(deferredUntil)}` }
      },
    })
  }
  return found
}

function whyKept(
  { now }: DestinationContext,
  { deleteAfter, backupDate }: BackupRow,
  byRule: boolean,
  newest: Date | undefined,
): string | undefined {
  if (deleteAfter !== undefined && deleteAfter > now()) return `to go after ${moment(deleteAfter)}`
  const isSucceeded = newest !== undefined && backupDate < newest
  return byRule && !isSucceeded ? 'nothing newer of its name is whole in the storage' : undefined
}

/** When the newest backup of a name was made that stays, as the store has it now. One with a date to come was made by a wrong clock. */
async function newestWhole(
  context: DestinationContext,
  name: string,
  options: CleanupOptions,
): Promise<Date | undefined> {
  try {
    const members = await groupOf(context, name, options)
    const whole = members.filter(({ uncounted, date }) => uncounted === undefined && date <= context.now())
    return whole.at(-1)?.date
  } catch (error) {
    // None of them is in the store.
    if (isBakthatError(error, 'UNAVAILABLE')) return undefined
    throw error
  }
}
