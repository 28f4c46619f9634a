import type { BackupRow, Completion, NewBackup } from '@bakthat/catalog'
import { BakthatError, isBakthatError } from '@bakthat/errors'
import type { BlobInfo } from '@bakthat/storage'
import type { DestinationContext } from './context.js'
import type { ActionOptions, Discrepancy } from './contract.js'
import { inParallel } from './in-parallel.js'
import type { Listing } from './listing.js'
import { lookFor, lookForArchive, metadataFound } from './locate.js'
import { readManifest } from './manifest.js'
import { secondsOf } from './seconds.js'
import { asKept } from './terms.js'
import { commandFor } from './words.js'

/** What came of the manifests of a destination. */
export interface TakenIn {
  /** What the catalog had not, and has now. */
  readonly taken: readonly BackupRow[]
  readonly problems: readonly Discrepancy[]
}

/** A destination's manifests and archives, and those of its backups that the catalog has, all by their stored names. */
interface Compared extends Pick<Listing, 'manifests' | 'archives'> {
  readonly known: ReadonlyMap<string, BackupRow>
}

/** A backup as its manifest tells of it. */
type Found = NewBackup & Completion

/** Manifests that are read before what they tell is written down: each transaction waits for the disk. */
const together = 500

/**
 * Takes in from their manifests the backups that the catalog does not know; what is not as it should be is told instead.
 * Where it fails, or is stopped, what was read until then is in the catalog, and need not be read again.
 */
export async function takeIn(
  context: DestinationContext,
  compared: Compared,
  options: ActionOptions,
): Promise<TakenIn> {
  const tellRead = progressOf(compared, options)
  const names = [...compared.manifests.keys()]
  const taken: BackupRow[] = []
  const problems: Discrepancy[] = []
  for (let start = 0; start < names.length; start += together) {
    const some = names.slice(start, start + together)
    const found = new Map<string, Found>()
    const wrong = new Map<string, Discrepancy>()
    try {
      await inParallel(some, options.signal, async (storedFilename) => {
        const outcome = await outcomeOf(context, storedFilename, compared, options)
        if (outcome === undefined) return
        if ('message' in outcome) return void wrong.set(storedFilename, outcome)
        found.set(storedFilename, outcome)
        tellRead(storedFilename)
      })
    } finally {
      taken.push(...recordAll(context, inOrder(some, found)))
    }
    problems.push(...inOrder(some, wrong))
  }
  return { taken, problems }
}

function inOrder<T>(names: readonly string[], found: ReadonlyMap<string, T>): readonly T[] {
  return names.map((name) => found.get(name)).filter((one) => one !== undefined)
}

function recordAll({ catalog }: DestinationContext, found: readonly Found[]): readonly BackupRow[] {
  return found.length === 0 ? [] : catalog.transaction(() => found.map((backup) => catalog.record(backup)))
}

/** Tells how many of the manifests that have to be read were read. */
function progressOf({ manifests, known }: Compared, { onProgress }: ActionOptions): (storedFilename: string) => void {
  let bytesTotal = 0
  for (const [storedFilename, { size }] of manifests) if (!known.has(storedFilename)) bytesTotal += size
  let [files, bytes] = [0, 0]
  return (storedFilename) => {
    const { name, size } = manifests.get(storedFilename)!
    onProgress?.({ phase: 'syncing', current: name, files: ++files, bytes: (bytes += size), bytesTotal })
  }
}

/** What the catalog is to take in, or what is wrong; nothing where it has it. */
async function outcomeOf(
  context: DestinationContext,
  storedFilename: string,
  compared: Compared,
  options: ActionOptions,
): Promise<Found | Discrepancy | undefined> {
  const { manifests, archives, known } = compared
  const listed = archives.get(storedFilename)
  try {
    const row = await stillThere(context, known.get(storedFilename), listed, options)
    if (row !== undefined) return await faultOf(context, row, listed, options)
    const found = await readFound(context, storedFilename, manifests.get(storedFilename)!, options)
    const archive = checked(found, listed ?? (await storedSince(context, found, options)))
    return { ...found, metadata: asKept(found.metadata, archive) }
  } catch (error) {
    // Another host has removed it since it was listed.
    if (isBakthatError(error, 'NOT_FOUND')) return undefined
    if (!isBakthatError(error, 'INTEGRITY', 'UNSUPPORTED')) throw error
    return { message: error.message, ...remedyFor(context, storedFilename, compared) }
  }
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

/** What is wrong with a backup that the catalog knows. Throws `INTEGRITY` where it is lost. */
async function faultOf(
  context: DestinationContext,
  row: BackupRow,
  listed: BlobInfo | undefined,
  options: ActionOptions,
): Promise<Discrepancy | undefined> {
  if (listed?.size === row.size) return undefined
  const found = await lookForArchive(context, row, options)
  if (typeof found === 'object' && found.size === row.size) return hidden(row.storedFilename)
  checked(row, listed)
  return undefined
}

/** A bucket keeps versions, and lists the newest alone. No command of ours mends that: a deletion would remove the version that is whole. */
export function hidden(what: string): Discrepancy {
  return { message: `${what} is whole, but hidden by a newer version or a delete marker: remove that, not the backup` }
}

async function readFound(
  context: DestinationContext,
  storedFilename: string,
  manifest: BlobInfo,
  options: ActionOptions,
): Promise<Found> {
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

/** The archive of a manifest, where it is not listed: a store that lists archives before manifests lacks what was stored in between. */
async function storedSince(
  { backend }: DestinationContext,
  { locator }: Found,
  options: ActionOptions,
): Promise<BlobInfo | undefined> {
  const found = await lookFor(backend, locator, options)
  return found === 'gone' ? undefined : found
}

function checked({ storedFilename, size }: BackupRow | Found, archive: BlobInfo | undefined): BlobInfo {
  if (archive === undefined)
    throw new BakthatError('INTEGRITY', `${storedFilename} has a manifest, but its archive is gone`)
  if (archive.size !== size)
    throw new BakthatError('INTEGRITY', `${storedFilename} has ${archive.size} bytes where ${size} were stored`)
  return archive
}

/** What the catalog knows can be deleted by its name; of the rest, a manifest alone is clutter, and an archive is not ours to judge. */
function remedyFor(
  { backend }: DestinationContext,
  storedFilename: string,
  { known, archives }: Compared,
): Pick<Discrepancy, 'remedy'> {
  if (known.has(storedFilename)) return { remedy: commandFor(backend, 'delete', storedFilename) }
  return archives.has(storedFilename) ? {} : { remedy: commandFor(backend, 'cleanup') }
}
