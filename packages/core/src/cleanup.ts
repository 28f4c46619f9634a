import type { BackupRow } from '@bakthat/catalog'
import { isBakthatError } from '@bakthat/errors'
import { leftovers } from '@bakthat/storage'
import { youth, type CleanupItem, type CleanupOptions, type Clutter } from './clutter.js'
import type { DestinationContext } from './context.js'
import { isByRule } from './deferral.js'
import { inParallel } from './in-parallel.js'
import { listDestination } from './listing.js'
import { orphansIn } from './orphans.js'
import { pendingRows, settle } from './recover.js'
import { removeBackup } from './remove.js'
import { isOurName } from './stored-name.js'
import { underWay } from './under-way.js'
import { moment } from './words.js'
import { writerOf } from './writer.js'

/**
 * Removes from this destination and the catalog what killed processes left, and what was to be deleted once its lock had
 * ended. Lists the destination once. What is young, locked, under way or not surely ours is told and left alone; one thing
 * that cannot be removed does not keep the others. Idempotent.
 */
export async function cleanup(
  context: DestinationContext,
  options: CleanupOptions = {},
): Promise<readonly CleanupItem[]> {
  const items: CleanupItem[] = []
  for (const clutterOf of [deferred, pending, orphans, unfinished]) {
    const found = await clutterOf(context, options)
    items.push(...(await inParallel(found, options.signal, (clutter) => dealWith(clutter, options))))
  }
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

function deferred(context: DestinationContext, options: CleanupOptions): readonly Clutter[] {
  const { catalog, backend, now } = context
  return catalog.find({ backend: backend.scheme, container: backend.container }).flatMap((backup): Clutter[] => {
    const { deleteAfter, storedFilename, size, backupDate, metadata } = backup
    if (deleteAfter === undefined) return []
    const byRule = isByRule(metadata)
    const isSpared = byRule && isNewest(context, backup)
    return [
      {
        kind: 'deferred',
        name: storedFilename,
        size,
        since: backupDate,
        keptBecause:
          deleteAfter > now()
            ? `to go after ${moment(deleteAfter)}`
            : isSpared
              ? 'the newest of its name, which no rotation removes'
              : undefined,
        deal: async () => {
          const { deferredUntil } = await removeBackup(context, backup, { ...options, byRule })
          if (deferredUntil === undefined) return { outcome: 'removed' }
          return { outcome: 'kept', reason: `locked until ${moment(deferredUntil)}` }
        },
      },
    ]
  })
}

function isNewest({ catalog, backend }: DestinationContext, { id, filename }: BackupRow): boolean {
  return catalog.newest({ backend: backend.scheme, container: backend.container, filename })?.id === id
}

async function pending(context: DestinationContext, options: CleanupOptions): Promise<readonly Clutter[]> {
  // In this order: what begins in between is looked at another time.
  const rows = pendingRows(context)
  const busy = await underWay(context, options)
  return rows.map((row) => ({
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
}

/** Only where a listing tells what there is now: an inventory of yesterday does not. */
async function orphans(context: DestinationContext, options: CleanupOptions): Promise<readonly Clutter[]> {
  if (context.backend.capabilities.listing === 'deferred') return []
  return orphansIn(context, await listDestination(context, options), options)
}

/** Only what would have become a blob of ours: other programs may use the same bucket. */
async function unfinished(context: DestinationContext, options: CleanupOptions): Promise<readonly Clutter[]> {
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
  return found
}
