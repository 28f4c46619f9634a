import type { BackupRow } from '@bakthat/catalog'
import { BakthatError, isBakthatError } from '@bakthat/errors'
import { collect, type BlobInfo } from '@bakthat/storage'
import type { DestinationContext } from './context.js'
import type { ActionOptions, SyncResult } from './contract.js'
import { locatorOf } from './fetch.js'
import { decodeManifest, largestManifest } from './manifest.js'
import { exists } from './reserve.js'
import { manifestPrefix } from './stored-name.js'

/**
 * Makes the catalog tell what the destination holds: takes in every backup that has a manifest there, whichever host made
 * it, and marks as deleted what is there no longer. Reads one small blob for each backup that the catalog does not know.
 * Manifests that cannot be read are told, and the others taken in. Idempotent.
 */
export async function sync(context: DestinationContext, options: ActionOptions = {}): Promise<SyncResult> {
  const known = new Map(knownBackups(context).map((row) => [row.storedFilename, row]))
  const found = new Set<string>()
  const added: BackupRow[] = []
  const unreadable: string[] = []
  for await (const manifest of await manifests(context, options)) {
    const storedFilename = manifest.name.slice(manifestPrefix.length).replace(/\.json$/, '')
    found.add(storedFilename)
    if (known.has(storedFilename)) continue
    try {
      added.push(await takeIn(context, manifest, storedFilename, options))
    } catch (error) {
      if (!isBakthatError(error, 'INTEGRITY', 'UNSUPPORTED')) throw error
      unreadable.push(error.message)
    }
  }
  const gone = [...known.values()].filter(({ storedFilename }) => !found.has(storedFilename))
  return { added, removed: await forget(context, gone, options), unreadable }
}

function knownBackups({ catalog, backend }: DestinationContext): readonly BackupRow[] {
  return catalog.find({ backend: backend.scheme, container: backend.container })
}

async function manifests({ backend }: DestinationContext, { signal }: ActionOptions): Promise<AsyncIterable<BlobInfo>> {
  const answer = await backend.list({ prefix: manifestPrefix, ...(signal && { signal }) })
  if (answer.state === 'ready') return answer.value
  throw new BakthatError('PENDING', `${backend.scheme} is taking its inventory`, {
    hint: 'run the same command again later',
  })
}

async function takeIn(
  { catalog, backend, pid }: DestinationContext,
  manifest: BlobInfo,
  storedFilename: string,
  { signal }: ActionOptions,
): Promise<BackupRow> {
  const answer = await backend.retrieve(manifest.locator, signal && { signal })
  if (answer.state === 'pending')
    throw new BakthatError('UNSUPPORTED', `the manifest ${manifest.name} is in cold storage`)
  const record = decodeManifest(await collect(answer.value, largestManifest), manifest.name)
  const locator = backend.locate(storedFilename)
  if (record.storedFilename !== storedFilename || locator === undefined)
    throw new BakthatError('INTEGRITY', `the manifest ${manifest.name} tells of another backup`)
  const { scheme, container } = backend
  const metadata = { ...record.metadata, manifest: manifest.locator }
  return catalog.record({ ...record, backend: scheme, container, locator, metadata, pid })
}

/** Only what the store says is not there: a backup of the Python tool has no manifest, and is one all the same. */
async function forget(
  { catalog, backend }: DestinationContext,
  gone: readonly BackupRow[],
  { signal }: ActionOptions,
): Promise<readonly BackupRow[]> {
  const removed: BackupRow[] = []
  for (const row of gone) {
    const locator = locatorOf(row, backend.locate(row.storedFilename))
    if (!(await exists(backend, locator, signal))) removed.push(catalog.markDeleted(row.id))
  }
  return removed
}
