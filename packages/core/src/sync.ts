import type { BackupRow } from '@bakthat/catalog'
import type { StorageBackend } from '@bakthat/storage'
import { isBackup, isValue } from './contents.js'
import { placeOf, type DestinationContext } from './context.js'
import type { ActionOptions, Discrepancy, SyncResult } from './contract.js'
import { emptied } from './emptied.js'
import { inParallel } from './in-parallel.js'
import { listDestination, type Listing } from './listing.js'
import { adoptOlder } from './adoption.js'
import { lookFor, lookForArchive, manifestOf } from './locate.js'
import { restate } from './restate.js'
import { isNamedAsByPython } from './stored-name.js'
import { syncInventory } from './sync-inventory.js'
import { hidden, takeIn } from './take-in.js'
import { commandFor } from './words.js'

/**
 * Makes the catalog tell what the destination holds: takes in every backup whose manifest and whole archive are there,
 * whichever host made it, and what the Python tool stored here with another access key; takes in anew what was copied in
 * place; marks as deleted what is there no longer, and writes down where the storage class has changed.
 * Lists the destination once, and reads one small blob for each backup that the catalog does not know, several at a time. What is not as it
 * should be is told, and never taken in: a manifest that cannot be read, an archive that is gone, of another size, or
 * without a manifest. Idempotent.
 *
 * `UNAVAILABLE` where the destination is empty though the catalog knows backups in it: a disk that is not mounted must not
 * empty the catalog.
 *
 * A store that takes hours to list is asked for its inventory, and `PENDING` until that is there.
 */
export async function sync(context: DestinationContext, options: ActionOptions = {}): Promise<SyncResult> {
  if (context.backend.capabilities.listing === 'deferred') return syncInventory(context, options)
  const known = byStoredName(knownRows(context))
  const backups = byStoredName([...known.values()].filter(isBackup))
  const listing = await listDestination(context, options, known)
  const { manifests, archives, older } = listing
  const adopted = adoptOlder(context, listing, known)
  if (backups.size > 0 && manifests.size === 0 && archives.size === 0 && older.size === 0)
    throw emptied(context.backend.container, backups.size, 'is the disk mounted, or the bucket the right one?')
  const { taken, problems } = await takeIn(context, { manifests, archives, known: backups }, options)
  const without = await unmanifested(context, listing, new Map([...known, ...byStoredName(adopted)]), options)
  const changed = restate(context, [...known.values(), ...adopted], archives)
  const gone = [...known.values()].filter((row) => !manifests.has(row.storedFilename) && !isListed(row, listing))
  return {
    added: [...adopted, ...taken],
    changed,
    removed: await forget(context, gone, options),
    problems: [...problems, ...without],
  }
}

/** Archives without a manifest that are no backups of the Python tool, which the catalog would know. */
async function unmanifested(
  context: DestinationContext,
  listing: Listing,
  known: ReadonlyMap<string, BackupRow>,
  options: ActionOptions,
): Promise<readonly Discrepancy[]> {
  const archives = [...listing.archives.keys()].filter((name) => !listing.manifests.has(name))
  const encrypted = [...listing.older.keys()].filter((name) => name.endsWith('.tgz.enc'))
  const problems: Discrepancy[] = []
  for (const name of [...archives, ...encrypted]) {
    const row = known.get(name)
    if (row === undefined) problems.push(unknown(context.backend, name, listing.indexes.has(name)))
    else if (!isValue(row) && manifestOf(row) !== undefined) problems.push(await unlisted(context, row, options))
  }
  return problems
}

/** A backup of the catalog whose manifest is not listed. */
async function unlisted({ backend }: DestinationContext, row: BackupRow, options: ActionOptions): Promise<Discrepancy> {
  const { storedFilename } = row
  const found = await lookFor(backend, manifestOf(row)!, options)
  if (found !== undefined && found !== 'gone') return hidden(`the manifest of ${storedFilename}`)
  return {
    message: `${storedFilename} has lost its manifest: no other host knows it, and a cleanup there removes it`,
    remedy: commandFor(backend, 'delete', storedFilename),
  }
}

/** An archive that has neither a manifest nor a row. Only one with an index is surely ours. */
function unknown(backend: StorageBackend, name: string, hasIndex: boolean): Discrepancy {
  if (hasIndex)
    return {
      message: `${name} has no manifest: its backup was not finished, or is under way elsewhere`,
      remedy: commandFor(backend, 'cleanup'),
    }
  return isNamedAsByPython(name)
    ? { message: `${name} may be a backup of the Python tool, which wrote no manifests: get it, and restore --file` }
    : { message: `${name} has no manifest: its backup is under way or was not finished, or it is of another program` }
}

/** Whether what the catalog knows is what the name stands for. */
function isListed(
  { storedFilename: name, locator }: BackupRow,
  { archives, older, others }: Pick<Listing, 'archives' | 'older' | 'others'>,
): boolean {
  const listed = archives.get(name) ?? older.get(name) ?? others.get(name)
  return listed !== undefined && listed.locator === locator
}

function knownRows({ catalog, backend }: DestinationContext): readonly BackupRow[] {
  return catalog.find(placeOf(backend))
}

function byStoredName(rows: readonly BackupRow[]): ReadonlyMap<string, BackupRow> {
  return new Map(rows.map((row) => [row.storedFilename, row]))
}

/** Only what the store says is not there: a backup of the Python tool has no manifest, and is one all the same. */
async function forget(
  context: DestinationContext,
  gone: readonly BackupRow[],
  options: ActionOptions,
): Promise<readonly BackupRow[]> {
  const { catalog } = context
  const found = await inParallel(gone, options.signal, (row) => lookForArchive(context, row, options))
  const lost = gone.filter((_, index) => found[index] === 'gone')
  return lost.length === 0 ? [] : catalog.transaction(() => lost.map(({ id }) => catalog.markDeleted(id)))
}
