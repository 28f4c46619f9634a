import type { BackupRow, NewBackup, RebuiltBackup } from '@bakthat/catalog'
import type { BlobInfo } from '@bakthat/storage'
import { placeOf, type DestinationContext } from './context.js'
import type { ActionOptions, Discrepancy, SyncResult } from './contract.js'
import { emptied } from './emptied.js'
import { listBlobs } from './inventory.js'
import { partsOfName } from './stored-name.js'
import { moment } from './words.js'
import { wasInterrupted } from './writer.js'

/**
 * In milliseconds: a store may go on listing for so long what it has removed, and lack what was stored while it took its
 * inventory, whose date is that of its end; and its clock is not ours.
 */
const lag = 2 * 86_400_000

/**
 * Makes the catalog tell what an inventory of an earlier moment holds: takes in every archive of ours that the catalog does
 * not know, from what is written beside it, and marks as deleted what was complete two days before the inventory was taken and is
 * not in it. What was stored or deleted since is left as the catalog has it. `PENDING` until the inventory is there.
 */
export async function syncInventory(context: DestinationContext, options: ActionOptions): Promise<SyncResult> {
  const listing = await listBlobs(context, options)
  const asOf = listing.asOf ?? context.now()
  const rows = rowsByName(context)
  const archives = new Map<string, BlobInfo>()
  const result = {
    added: [] as BackupRow[],
    changed: [],
    removed: [] as BackupRow[],
    problems: [] as Discrepancy[],
  }
  for await (const blob of listing) {
    const row = rows.get(blob.name)
    const found = reconciled(context, blob, row, asOf, archives.get(blob.name))
    if (found === 'foreign') continue
    archives.set(blob.name, archives.get(blob.name) ?? blob)
    if (found === 'new') result.added.push(takeIn(context, blob))
    else if (found !== 'known') result.problems.push(found)
  }
  const isOlder = (date: Date): boolean => date.getTime() + lag < asOf.getTime()
  const older = [...rows.values()].filter(({ status, lastUpdated }) => status === 'complete' && isOlder(lastUpdated))
  const gone = older.filter(({ storedFilename }) => !archives.has(storedFilename))
  if (older.length > 0 && gone.length === older.length && archives.size === 0)
    throw emptied(context.backend.container, older.length, 'is it the right one?')
  for (const { id } of gone) result.removed.push(context.catalog.markDeleted(id))
  return result
}

function rowsByName({ catalog, backend }: DestinationContext): ReadonlyMap<string, BackupRow> {
  const status = ['pending', 'complete', 'deleted'] as const
  const rows = catalog.find({ ...placeOf(backend), status })
  return new Map(rows.map((row) => [row.storedFilename, row]))
}

/** What an archive of the inventory is to the catalog, or what is wrong with it. */
function reconciled(
  context: DestinationContext,
  { name, size }: BlobInfo,
  row: BackupRow | undefined,
  asOf: Date,
  twin: BlobInfo | undefined,
): 'foreign' | 'new' | 'known' | Discrepancy {
  if (partsOfName(name) === undefined) return 'foreign'
  if (twin !== undefined)
    return { message: `${name} is stored twice: the answer to an upload was lost, and one copy is of no use` }
  if (row === undefined) return 'new'
  if (row.status === 'pending') return wasInterrupted(context, row) ? 'new' : 'known'
  if (row.status === 'complete') {
    return row.size === size ? 'known' : { message: `${name} has ${size} bytes where ${row.size} were stored` }
  }
  if (asOf.getTime() < row.lastUpdated.getTime() + lag) return 'known'
  return { message: `${name} was deleted on ${moment(row.lastUpdated)}, and is still stored on ${moment(asOf)}` }
}

function takeIn({ catalog, backend, pid }: DestinationContext, blob: BlobInfo): BackupRow {
  const row = catalog.record(rebuilt(backend, blob, pid))
  if (blob.id !== undefined) catalog.inventory.record(backend.container, { archiveId: blob.id, filename: blob.name })
  return row
}

/** All that stands beside an archive, and what its name tells. */
function rebuilt(
  { scheme, container }: DestinationContext['backend'],
  { name, size, locator, sha256, paidUntil, record = {} }: BlobInfo,
  pid: number,
): NewBackup & RebuiltBackup {
  const { filename, date, compression } = partsOfName(name)!
  return {
    backend: scheme,
    container,
    filename,
    storedFilename: name,
    backupDate: date,
    tags: record.tags ?? [],
    host: record.host ?? 'unknown',
    pid,
    size,
    locator,
    ...(sha256 !== undefined && { sha256 }),
    metadata: {
      compression,
      ...(paidUntil !== undefined && { paid_until: Math.floor(paidUntil.getTime() / 1000) }),
    },
  }
}
