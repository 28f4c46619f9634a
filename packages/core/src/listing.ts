import type { BlobInfo } from '@bakthat/storage'
import { placeOf, type DestinationContext } from './context.js'
import type { ActionOptions } from './contract.js'
import { listBlobs } from './inventory.js'
import { indexPrefix, isArchiveName, manifestPrefix, partsOfName, prefixOfOthers } from './stored-name.js'

/** What of ours a destination holds, by the stored name of the backup; without what belongs to a pending one. */
export interface Listing {
  readonly manifests: ReadonlyMap<string, BlobInfo>
  readonly archives: ReadonlyMap<string, BlobInfo>
  readonly indexes: ReadonlyMap<string, BlobInfo>
  /** What the Python tool may have stored, of names that archives no longer have, and without a manifest. */
  readonly older: ReadonlyMap<string, BlobInfo>
  /** What else has one of the names that were asked for: values of keys. */
  readonly others: ReadonlyMap<string, BlobInfo>
}

/** Lists the destination once. `PENDING` where that takes a job, as {@link listBlobs}. `wanted`: names of `others`. */
export async function listDestination(
  context: DestinationContext,
  options: Pick<ActionOptions, 'signal' | 'onProgress'>,
  wanted: { has(name: string): boolean } = new Set(),
): Promise<Listing> {
  const { catalog, backend } = context
  const listing = await listBlobs(context, options)
  const here = placeOf(backend)
  const underWay = new Set(catalog.find({ ...here, status: ['pending'] }).map(({ storedFilename }) => storedFilename))
  const manifests = new Map<string, BlobInfo>()
  const archives = new Map<string, BlobInfo>()
  const indexes = new Map<string, BlobInfo>()
  const older = new Map<string, BlobInfo>()
  const others = new Map<string, BlobInfo>()
  const foreign = new Set<string>()
  let [files, bytes] = [0, 0]
  for await (const blob of listing) {
    const { name, size } = blob
    options.onProgress?.({ phase: 'listing', current: name, files: ++files, bytes: (bytes += size) })
    if (name.startsWith(manifestPrefix) && name.endsWith('.json'))
      keep(manifests, name.slice(manifestPrefix.length, -'.json'.length), blob)
    else if (name.startsWith(indexPrefix))
      keep(indexes, name.slice(indexPrefix.length).replace(/\.zst(\.age)?$/, ''), blob)
    else if (isArchiveName(name)) keep(archives, name, blob)
    else if (partsOfName(name) !== undefined) keep(older, name, blob)
    else if (wanted.has(name)) keep(others, name, blob)
    else foreign.add(prefixOfOthers(name))
  }
  foreign.delete('')
  // A copy of what the Python tool made keeps its name, and has a manifest.
  for (const [name, blob] of older) if (manifests.has(name) && older.delete(name)) archives.set(name, blob)
  for (const name of archives.keys()) if (!manifests.has(name) && isOfOthers(name)) archives.delete(name)
  return { manifests, archives, indexes, older, others }

  function isOfOthers(name: string): boolean {
    return [...foreign].some((prefix) => name.startsWith(prefix))
  }

  function keep(blobs: Map<string, BlobInfo>, storedFilename: string, blob: BlobInfo): void {
    if (!underWay.has(storedFilename)) blobs.set(storedFilename, blob)
  }
}
