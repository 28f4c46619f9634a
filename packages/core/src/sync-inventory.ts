import type { BackupRow, NewBackup, RebuiltBackup } from '@bakthat/catalog'
import { daysAfter, idOfLocator, type BlobInfo } from '@bakthat/storage'
import { placeOf, type DestinationContext } from './context.js'
import type { ActionOptions, Discrepancy, SyncResult } from './contract.js'
import { emptied } from './emptied.js'
import { listBlobs } from './inventory.js'
import { secondsOf } from './seconds.js'
import { partsOfName } from './stored-name.js'
import { moment } from './words.js'
import { wasInterrupted } from './writer.js'

/**
 * In days: a store may go on listing for so long what it has removed, and lack what was stored while it took its
 * inventory, whose date is that of its end; and its clock is not ours.
 */
const lag = 2

/**
 * Makes the catalog tell what an inventory of an earlier moment holds: takes in every archive of ours that the catalog does
 * not know, from what is written beside it; marks as deleted what was complete two days before the inventory was taken and is
 * not in it, and forgets what was begun that early by a process that is gone. What was stored or deleted since is left as the
 * catalog has it. `PENDING` until the inventory is there.
 */
export async function syncInventory(context: DestinationContext, options: ActionOptions): Promise<SyncResult> {
  const { catalog, backend } = context
  const listing = await listBlobs(context, options)
  const asOf = listing.asOf ?? context.now()
  const rows = rowsByName(context)
  const listed = new Set<string>()
  const found = new Set<string>()
  const added: BackupRow[] = []
  const problems: Discrepancy[] = []
  for await (const blob of listing) {
    if (partsOfName(blob.name) === undefined) continue
    listed.add(blob.name)
    const row = rows.get(blob.name)
    const standing = standingOf(context, blob, row, asOf)
    if (standing !== 'another') found.add(blob.name)
    if (standing === 'new') {
      const taken = takeIn(context, blob)
      rows.set(blob.name, taken)
      added.push(taken)
    } else if (standing === 'another') problems.push(anotherOf(row!, blob))
    else if (standing !== 'known') problems.push(standing)
  }
  const lacking = [...rows.values()].filter((row) => isBefore(row, asOf) && !found.has(row.storedFilename))
  const gone = lacking.filter(({ status }) => status === 'complete')
  if (gone.length > 0 && listed.size === 0) throw emptied(backend.container, gone.length, 'is it the right one?')
  for (const row of lacking) if (row.status === 'pending' && wasInterrupted(context, row)) catalog.discard(row.id)
  return { added, changed: [], removed: gone.map(({ id }) => catalog.markDeleted(id)), problems }
}

function rowsByName({ catalog, backend }: DestinationContext): Map<string, BackupRow> {
  const status = ['pending', 'complete', 'deleted'] as const
  const rows = catalog.find({ ...placeOf(backend), status })
  return new Map(rows.map((row) => [row.storedFilename, row]))
}

/** Whether an inventory of that moment surely knows what the catalog does. */
function isBefore({ lastUpdated }: BackupRow, asOf: Date): boolean {
  return daysAfter(lastUpdated, lag) < asOf
}

/** What an archive of the inventory is to the catalog, or what is wrong with it. */
function standingOf(
  context: DestinationContext,
  { name, size, id }: BlobInfo,
  row: BackupRow | undefined,
  asOf: Date,
): 'new' | 'known' | 'another' | Discrepancy {
  if (row === undefined) return 'new'
  if (row.status === 'pending') return wasInterrupted(context, row) ? 'new' : 'known'
  const isAnother = row.locator !== undefined && idOfLocator(row.locator) !== id
  if (row.status === 'complete') {
    if (isAnother) return 'another'
    return row.size === size ? 'known' : { message: `${name} has ${size} bytes where ${row.size} were stored` }
  }
  if (!isBefore(row, asOf)) return 'known'
  if (isAnother) return 'new'
  return { message: `${name} was deleted on ${moment(row.lastUpdated)}, and is still stored on ${moment(asOf)}` }
}

/** Names tell nothing apart in such a store; the catalog has one archive for each. */
function anotherOf({ storedFilename, size, sha256 }: BackupRow, { id, ...other }: BlobInfo): Discrepancy {
  const isCopy = sha256 !== undefined && sha256 === other.sha256 && size === other.size
  return {
    message: isCopy
      ? `${storedFilename} is stored twice: the answer to an upload was lost, and the copy ${id} is of no use`
      : `${storedFilename} is the name of two backups: the catalog has one, the other is ${id}, made on ${other.record?.host ?? 'another host'}`,
  }
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
      ...(paidUntil !== undefined && { paid_until: secondsOf(paidUntil) }),
    },
  }
}
