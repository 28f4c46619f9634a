import { isBakthatError } from '@bakthat/errors'
import { leftovers } from '@bakthat/storage'
import { youth, type CleanupItem, type CleanupOptions, type Clutter } from './clutter.js'
import type { DestinationContext } from './context.js'
import { dueRemovals } from './due-removals.js'
import { inParallel } from './in-parallel.js'
import { listDestination } from './listing.js'
import { orphansIn } from './orphans.js'
import { pendingRows, settle } from './recover.js'
import { isOurName } from './stored-name.js'
import { underWay } from './under-way.js'
import { writerOf } from './writer.js'

/**
 * Removes from this destination and the catalog what killed processes left, and what was to be deleted once its lock had
 * ended. Lists the destination once, and what is being uploaded up to three times. What is young, locked, under way or not surely ours is told and left alone; one thing
 * that cannot be removed does not keep the others. Idempotent.
 */
export async function cleanup(
  context: DestinationContext,
  options: CleanupOptions = {},
): Promise<readonly CleanupItem[]> {
  const items: CleanupItem[] = []
  for (const clutterOf of [deferred, pending, orphans, unfinished])
    for (const found of await clutterOf(context, options))
      items.push(...(await inParallel(found, options.signal, (clutter) => dealWith(clutter, options))))
  return items
}

async function dealWith({ keptBecause, deal, ...item }: Clutter, { dryRun }: CleanupOptions): Promise<CleanupItem> {
  if (keptBecause !== undefined) return { ...item, outcome: 'kept', reason: keptBecause }
  if (dryRun === true) return { ...item, outcome: 'found' }
  try {
    return { ...item, ...(await deal()) }
  } catch (error) {
    if (isBakthatError(error, 'LOCKED')) return { ...item, outcome: 'kept', reason: 'locked by the store' }
    if (isBakthatError(error, 'NOT_FOUND')) return { ...item, outcome: 'kept', reason: 'dealt with by somebody else' }
    if (!isBakthatError(error, 'PERMISSION_DENIED', 'UNAVAILABLE', 'INTEGRITY', 'UNSUPPORTED')) throw error
    return { ...item, outcome: 'failed', reason: error.message }
  }
}

/** Batches of what may go at the same time. */
type Batches = readonly (readonly Clutter[])[]

async function deferred(context: DestinationContext, options: CleanupOptions): Promise<Batches> {
  return [await dueRemovals(context, options)]
}

async function pending(context: DestinationContext, options: CleanupOptions): Promise<Batches> {
  // In this order: what begins in between is looked at another time.
  const rows = pendingRows(context)
  const busy = await underWay(context, options)
  const found = rows.map((row): Clutter => ({
    kind: 'pending',
    name: row.storedFilename,
    since: row.lastUpdated,
    keptBecause: busy.has(row.storedFilename) ? `under way on ${writerOf(row).host ?? 'another host'}` : undefined,
    deal: async () => {
      const outcome = await settle(context, row)
      if (outcome !== 'unsettled') return { outcome }
      return { outcome: 'kept', reason: 'only the inventory of the store can tell what was stored' }
    },
  }))
  return [found]
}

/** Only where a listing tells what there is now: an inventory of yesterday does not. */
async function orphans(context: DestinationContext, options: CleanupOptions): Promise<Batches> {
  if (context.backend.capabilities.listing === 'deferred') return []
  return orphansIn(context, await listDestination(context, options), options)
}

/** Only what would have become a blob of ours: other programs may use the same bucket. */
async function unfinished(context: DestinationContext, options: CleanupOptions): Promise<Batches> {
  const talent = leftovers(context.backend)
  if (talent === undefined) return []
  const signal = options.signal && { signal: options.signal }
  const busy = await underWay(context, options)
  const found: Clutter[] = []
  for await (const { id, name, writtenAt, size } of talent.leftovers(signal)) {
    if (!isOurName(name)) continue
    found.push({
      kind: 'leftover',
      name,
      ...(size !== undefined && { size }),
      ...(writtenAt !== undefined && { since: writtenAt }),
      keptBecause: busy.has(name) ? 'its backup is under way' : youth(writtenAt, context.now(), options),
      deal: async () => {
        await talent.removeLeftover(id, signal)
        return { outcome: 'removed' }
      },
    })
  }
  return [found]
}
