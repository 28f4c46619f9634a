import type { BackupRow, Completion, NewBackup } from '@bakthat/catalog'
import { BakthatError, isBakthatError } from '@bakthat/errors'
import type { BlobInfo, StorageBackend } from '@bakthat/storage'
import { isBackup, isValue } from './contents.js'
import { placeOf, type DestinationContext } from './context.js'
import type { ActionOptions, Discrepancy, SyncResult } from './contract.js'
import { emptied } from './emptied.js'
import { inParallel } from './in-parallel.js'
import { listDestination, type Listing } from './listing.js'
import { adoptOlder } from './adoption.js'
import { lookFor, lookForArchive, manifestOf, metadataFound } from './locate.js'
import { readManifest } from './manifest.js'
import { restate } from './restate.js'
import { secondsOf } from './seconds.js'
import { isNamedAsByPython } from './stored-name.js'
import { syncInventory } from './sync-inventory.js'
import { asKept } from './terms.js'
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
  const taken = await takeIn(context, backups, { manifests, archives }, options)
  const added = [...adopted, ...taken.flatMap((one) => (one !== undefined && 'id' in one ? [one] : []))]
  const problems = taken.flatMap((one) => (one !== undefined && 'message' in one ? [one] : []))
  problems.push(...(await unmanifested(context, listing, new Map([...known, ...byStoredName(adopted)]), options)))
  const changed = restate(context, [...known.values(), ...adopted], archives)
  const gone = [...known.values()].filter((row) => !manifests.has(row.storedFilename) && !isListed(row, listing))
  return { added, changed, removed: await forget(context, gone, options), problems }
}

/** For each manifest the backup that the catalog now has and had not, or what is wrong; nothing where it had it. */
function takeIn(
  context: DestinationContext,
  known: ReadonlyMap<string, BackupRow>,
  { manifests, archives }: Pick<Listing, 'manifests' | 'archives'>,
  options: ActionOptions,
): Promise<(BackupRow | Discrepancy | undefined)[]> {
  const isRead = reading(manifests, known, options)
  return inParallel([...manifests], options.signal, async ([storedFilename, manifest]) => {
    try {
      const listed = archives.get(storedFilename)
      const row =
        (await stillThere(context, known.get(storedFilename), listed, options)) ??
        (await backupOf(context, manifest, storedFilename, options))
      if ('id' in row && listed?.size !== row.size && (await isHidden(context, row, options)))
        return hidden(storedFilename)
      const archive = checkedArchive(row, listed ?? (await storedSince(context, row, options)))
      if ('id' in row) return undefined
      isRead(manifest)
      return context.catalog.record({ ...row, metadata: asKept(row.metadata, archive) })
    } catch (error) {
      // Another host has removed it since it was listed.
      if (isBakthatError(error, 'NOT_FOUND')) return undefined
      if (!isBakthatError(error, 'INTEGRITY', 'UNSUPPORTED')) throw error
      return problemOf(context, error.message, storedFilename, known, archives)
    }
  })
}

/** The archive that a manifest tells of: a store that lists archives before manifests lacks what was stored in between. */
async function storedSince(
  { backend }: DestinationContext,
  { locator }: Pick<BackupRow, 'locator'>,
  options: ActionOptions,
): Promise<BlobInfo | undefined> {
  const found = locator === undefined ? undefined : await lookFor(backend, locator, options)
  return found === 'gone' ? undefined : found
}

/** What the catalog knows, unless that is gone, and its name stands for something newer: who copies a blob in place makes another version. */
async function stillThere(
  context: DestinationContext,
  row: BackupRow | undefined,
  listed: BlobInfo | undefined,
  options: ActionOptions,
): Promise<BackupRow | undefined> {
  if (row === undefined || listed?.storedAt === undefined || listed.locator === row.locator) return row
  if (secondsOf(listed.storedAt) <= secondsOf(row.lastUpdated)) return row
  const found = await lookForArchive(context, row, options)
  return found === 'gone' ? undefined : row
}

/** Tells how many of the manifests that have to be read were read. */
function reading(
  manifests: ReadonlyMap<string, BlobInfo>,
  known: ReadonlyMap<string, BackupRow>,
  { onProgress }: ActionOptions,
): (manifest: BlobInfo) => void {
  const unknown = [...manifests].flatMap(([name, manifest]) => (known.has(name) ? [] : [manifest]))
  const bytesTotal = unknown.reduce((sum, { size }) => sum + size, 0)
  let [files, bytes] = [0, 0]
  return ({ name, size }) =>
    onProgress?.({ phase: 'syncing', current: name, files: ++files, bytes: (bytes += size), bytesTotal })
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

/** What the catalog knows can be deleted by its name; of the rest, a manifest alone is clutter, and an archive is not ours to judge. */
function problemOf(
  { backend }: DestinationContext,
  message: string,
  storedFilename: string,
  known: ReadonlyMap<string, BackupRow>,
  archives: ReadonlyMap<string, BlobInfo>,
): Discrepancy {
  if (known.has(storedFilename)) return { message, remedy: commandFor(backend, 'delete', storedFilename) }
  return archives.has(storedFilename) ? { message } : { message, remedy: commandFor(backend, 'cleanup') }
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

/** Whether the store has what the catalog knows, though it lists something else or nothing: a bucket keeps versions, and names stand for the newest. */
async function isHidden(context: DestinationContext, row: BackupRow, options: ActionOptions): Promise<boolean> {
  const found = await lookForArchive(context, row, options)
  return found !== undefined && found !== 'gone' && found.size === row.size
}

/** No command of ours mends that: a deletion would remove the version that is whole. */
function hidden(what: string): Discrepancy {
  return { message: `${what} is whole, but hidden by a newer version or a delete marker: remove that, not the backup` }
}

function checkedArchive(
  { storedFilename, size }: Pick<BackupRow, 'storedFilename' | 'size'>,
  archive: BlobInfo | undefined,
): BlobInfo {
  if (archive === undefined)
    throw new BakthatError('INTEGRITY', `${storedFilename} has a manifest, but its archive is gone`)
  if (archive.size !== size)
    throw new BakthatError('INTEGRITY', `${storedFilename} has ${archive.size} bytes where ${size} were stored`)
  return archive
}

async function backupOf(
  context: DestinationContext,
  manifest: BlobInfo,
  storedFilename: string,
  options: ActionOptions,
): Promise<NewBackup & Completion> {
  const { backend, pid } = context
  const record = await readManifest(backend, manifest, options)
  if (record === 'cold') throw new BakthatError('UNSUPPORTED', `the manifest ${manifest.name} is in cold storage`)
  const locator = backend.locate(storedFilename)
  if (record.storedFilename !== storedFilename || locator === undefined)
    throw new BakthatError('INTEGRITY', `the manifest ${manifest.name} tells of another backup`)
  const { scheme, container } = backend
  const metadata = metadataFound(context, record, manifest.locator)
  return { ...record, backend: scheme, container, locator, metadata, pid }
}

/** Only what the store says is not there: a backup of the Python tool has no manifest, and is one all the same. */
async function forget(
  context: DestinationContext,
  gone: readonly BackupRow[],
  options: ActionOptions,
): Promise<readonly BackupRow[]> {
  const removed = await inParallel(gone, options.signal, async (row) => {
    const found = await lookForArchive(context, row, options)
    return found === 'gone' ? [context.catalog.markDeleted(row.id)] : []
  })
  return removed.flat()
}
