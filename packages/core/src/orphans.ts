import type { BackupRow } from '@bakthat/catalog'
import type { BlobInfo } from '@bakthat/storage'
import { youth, type CleanupOptions, type Clutter } from './clutter.js'
import { isBackup } from './contents.js'
import type { DestinationContext } from './context.js'
import type { Listing } from './listing.js'
import { lookFor } from './locate.js'
import { isArchiveName, isNamedAsByPython, manifestName } from './stored-name.js'

type Blobs = ReadonlyMap<string, BlobInfo>

/**
 * What lies in a destination, belongs to no backup, and is in no catalog of ours: pieces of backups that were never finished or were not removed whole.
 * In the order in which they go: of an archive nothing but its index tells that it is ours, so that goes after it.
 */
export function orphansIn(
  context: DestinationContext,
  listing: Listing,
  options: CleanupOptions,
): readonly (readonly Clutter[])[] {
  const { manifests, archives, indexes } = listing
  const rows = knownRows(context)
  const all = namesOf(rows)
  // The value of a key has neither manifest nor index, but may be named as archives are.
  const backups = namesOf(rows.filter(isBackup))
  const orphans = (blobs: Blobs, keeper: Blobs, known = backups): [string, BlobInfo][] =>
    [...blobs].filter(([name]) => !keeper.has(name) && !known.has(name))
  const lost = orphans(archives, manifests, all)
  const isLost = new Set(lost.map(([name]) => name))
  return [
    [
      ...lost.map(([name, blob]) => {
        const clutter = clutterOf(context, asYoungAs(indexes.get(name), blob), options, { keeper: manifestName(name) })
        return indexes.has(name) ? clutter : { ...clutter, keptBecause: doubtAbout(name) }
      }),
      // A blob that is not named as archives are is none that a manifest could wait for.
      ...orphans(manifests, archives).map(([name, blob]) =>
        clutterOf(context, blob, options, isArchiveName(name) ? { keeper: name } : {}),
      ),
    ],
    orphans(indexes, manifests).map(([name, blob]) =>
      clutterOf(context, blob, options, { keeper: manifestName(name), ...(isLost.has(name) && { archive: name }) }),
    ),
  ]
}

/**
 * S3 dates what was uploaded in parts by the beginning of its upload
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html). The index of an archive is stored just before
 * the archive appears, and tells when that was.
 */
function asYoungAs(index: BlobInfo | undefined, archive: BlobInfo): BlobInfo {
  const [one, other] = [index?.storedAt, archive.storedAt]
  return one === undefined || other === undefined || one <= other ? archive : { ...archive, storedAt: one }
}

/** What the catalog knows in this destination, and what the Python tool wrote into any of its kind. */
function knownRows({ catalog, backend }: DestinationContext): readonly BackupRow[] {
  const rows = catalog.find({ backend: backend.scheme })
  return rows.filter(({ container }) => container === backend.container || container === '')
}

function namesOf(rows: readonly BackupRow[]): ReadonlySet<string> {
  return new Set(rows.map(({ storedFilename }) => storedFilename))
}

/**
 * Why an archive without a manifest is not surely ours: it has no index, which lies below our own prefix. Its name alone tells
 * nothing: other programs use the like, and with a prefix that has no slash at its end, a part of somebody else's name does.
 */
function doubtAbout(name: string): string {
  return isNamedAsByPython(name)
    ? 'it may be a backup of the Python tool, which wrote no manifests'
    : 'nothing but its name tells that it is one of Bakthat'
}

/** What keeps a piece: the blob that makes it one of a backup, or the archive of which it tells that it is ours. */
interface Ties {
  readonly keeper?: string
  readonly archive?: string
}

function clutterOf(
  { backend, now }: DestinationContext,
  { name, size, storedAt, locator }: BlobInfo,
  options: CleanupOptions,
  { keeper, archive }: Ties,
): Clutter {
  const call = options.signal && { signal: options.signal }
  return {
    kind: 'orphan',
    name,
    size,
    ...(storedAt !== undefined && { since: storedAt }),
    keptBecause: youth(storedAt, now(), options),
    deal: async () => {
      // What it was waiting for may have come since the listing.
      if (await isThere(keeper)) return { outcome: 'kept', reason: 'its backup is complete by now' }
      if (await isThere(archive)) return { outcome: 'kept', reason: 'its archive is still there' }
      await backend.remove(locator, call)
      return { outcome: 'removed' }
    },
  }

  async function isThere(tie: string | undefined): Promise<boolean> {
    const found = tie === undefined ? undefined : backend.locate(tie)
    return found !== undefined && (await lookFor(backend, found, call)) !== 'gone'
  }
}
