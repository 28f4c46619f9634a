import type { BackupRow } from '@bakthat/catalog'
import { BakthatError, isBakthatError } from '@bakthat/errors'
import type { Locator, StorageBackend } from '@bakthat/storage'
import { placeOf, type DestinationContext } from './context.js'
import { lookFor, metadataFound } from './locate.js'
import { readManifest, type ManifestRecord } from './manifest.js'
import { indexName, manifestName } from './stored-name.js'
import { wasInterrupted } from './writer.js'

/**
 * Settles what processes of this host left pending in this destination when they were killed. What the store has locked,
 * these credentials may not look at or remove, or has a manifest that cannot be read, stays as it is: `cleanup` tells of it.
 */
export async function recoverInterrupted(context: DestinationContext): Promise<void> {
  for (const row of pendingRows(context)) {
    if (!wasInterrupted(context, row)) continue
    await settle(context, row).catch((error: unknown) => {
      if (!isBakthatError(error, 'LOCKED', 'PERMISSION_DENIED', 'INTEGRITY', 'UNSUPPORTED')) throw error
    })
  }
}

/** The backups of this destination that were begun and not completed, by any process. */
export function pendingRows({ catalog, backend }: DestinationContext): readonly BackupRow[] {
  return catalog.find({ ...placeOf(backend), status: ['pending'] })
}

/**
 * A backup whose manifest and archive were stored had only its row left to write, and is completed; anything less is removed from the
 * store and forgotten. Stays `unsettled` where only the store's inventory can say what was stored. `INTEGRITY` or
 * `UNSUPPORTED` where its manifest cannot be read, or its archive is another.
 */
export async function settle(
  context: DestinationContext,
  row: BackupRow,
): Promise<'completed' | 'removed' | 'unsettled'> {
  const { catalog, backend } = context
  const name = manifestName(row.storedFilename)
  const manifest = backend.locate(name)
  const archive = backend.locate(row.storedFilename)
  if (manifest === undefined || archive === undefined) return 'unsettled'
  if ((await lookFor(backend, manifest)) !== 'gone') {
    const record = await readManifest(backend, { name, locator: manifest })
    if (record === 'cold') return 'unsettled'
    if (record.host !== row.host) {
      catalog.discard(row.id)
      return 'removed'
    }
    if (await isWhole(backend, archive, record)) {
      catalog.complete(row.id, { ...record, locator: archive, metadata: metadataFound(context, record, manifest) })
      return 'completed'
    }
  }
  const indexes = [true, false].map((encrypted) => backend.locate(indexName(row.storedFilename, encrypted)))
  for (const locator of [manifest, archive, ...indexes]) {
    if (!isStillPending(context, row)) return 'unsettled'
    if (locator !== undefined) await backend.remove(locator)
  }
  catalog.discard(row.id)
  return 'removed'
}

/**
 * A manifest alone is what is left where its backup failed and was undone, and the last answers of the store were lost.
 * `INTEGRITY` where the archive is another.
 */
async function isWhole(
  backend: StorageBackend,
  archive: Locator,
  { storedFilename, size }: ManifestRecord,
): Promise<boolean> {
  const found = await lookFor(backend, archive)
  if (found === 'gone') return false
  if (found === undefined || found.size === size) return true
  throw new BakthatError('INTEGRITY', `${storedFilename} has ${found.size} bytes where ${size} were stored`)
}

/** Another process may have completed or settled it meanwhile. */
function isStillPending(context: DestinationContext, { id }: BackupRow): boolean {
  return pendingRows(context).some((row) => row.id === id)
}
