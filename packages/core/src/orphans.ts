import type { BlobInfo, Locator } from '@bakthat/storage'
import { youth, type CleanupOptions, type Clutter } from './clutter.js'
import type { DestinationContext } from './context.js'
import type { Listing } from './listing.js'
import { lookFor } from './locate.js'
import { manifestName } from './stored-name.js'

/** What lies in a destination, belongs to no backup, and is in no catalog of ours: pieces of backups that were never finished or were not removed whole. */
export function orphansIn(context: DestinationContext, listing: Listing, options: CleanupOptions): readonly Clutter[] {
  const { manifests, archives, indexes } = listing
  const known = knownNames(context)
  const orphans = (blobs: ReadonlyMap<string, BlobInfo>, keeper: ReadonlyMap<string, BlobInfo>): [string, BlobInfo][] =>
    [...blobs].filter(([name]) => !keeper.has(name) && !known.has(name))
  return [
    ...orphans(archives, manifests).map(([name, blob]) => ({
      ...clutterOf(context, asYoungAs(indexes.get(name), blob), options, manifestName(name)),
      ...(isUnsure(name, listing) && {
        keptBecause: 'it may be a backup of the Python tool, which wrote no manifests',
      }),
    })),
    ...orphans(manifests, archives).map(([name, blob]) => clutterOf(context, blob, options, name)),
    ...orphans(indexes, manifests).map(([name, blob]) => clutterOf(context, blob, options, manifestName(name))),
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

/** Names that any backup of this kind of destination has in the catalog, also of those that the Python tool wrote. */
function knownNames({ catalog, backend }: DestinationContext): ReadonlySet<string> {
  const rows = catalog.find({ backend: backend.scheme })
  const ours = rows.filter(({ container }) => container === backend.container || container === '')
  return new Set(ours.map(({ storedFilename }) => storedFilename))
}

/** The Python tool named its archives so; ours have an index beside them soon after. */
function isUnsure(name: string, { indexes }: Listing): boolean {
  return name.endsWith('.tgz') && !indexes.has(name)
}

function clutterOf(
  { backend, now }: DestinationContext,
  { name, size, storedAt, locator }: BlobInfo,
  options: CleanupOptions,
  keeper: string,
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
      if (await isThere(backend.locate(keeper))) return { outcome: 'kept', reason: 'its backup is complete by now' }
      await backend.remove(locator, call)
      return { outcome: 'removed' }
    },
  }

  async function isThere(found: Locator | undefined): Promise<boolean> {
    return found !== undefined && (await lookFor(backend, found, call)) !== 'gone'
  }
}
