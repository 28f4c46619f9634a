import type { BackupRow } from '@bakthat/catalog'
import { BakthatError, isBakthatError } from '@bakthat/errors'
import type { BlobInfo, CallOptions, Locator, StorageBackend } from '@bakthat/storage'
import type { DestinationContext } from './context.js'
import type { ManifestRecord } from './manifest.js'
import { indexName } from './stored-name.js'

/** Where a backup lies. Rows of the Python tool have only a name, which a store without names has in its inventory. */
export function locatorOf({ catalog, backend }: DestinationContext, backup: BackupRow): Locator {
  const locator =
    backup.locator ??
    backend.locate(backup.storedFilename) ??
    catalog.inventory.find(backend.container, backup.storedFilename)?.archiveId
  if (locator !== undefined) return locator
  throw new BakthatError('UNSUPPORTED', `the catalog does not know where ${backup.storedFilename} is stored`, {
    hint: 'find it with: bakthat sync',
  })
}

/** Where its manifest lies; rows of the Python tool, and archives in a store without names, have none. */
export function manifestOf({ metadata: { manifest } }: BackupRow): Locator | undefined {
  return typeof manifest === 'string' ? manifest : undefined
}

/** Where its index lies, if it has one. */
export function indexOf({ metadata: { index } }: BackupRow): Locator | undefined {
  return typeof index === 'string' ? index : undefined
}

/**
 * What a manifest tells, with where the blobs beside it lie. Only their names are believed: were its own word taken for
 * it, whoever may write a manifest could have the removal of its backup remove any other blob.
 */
export function metadataFound(
  { backend }: DestinationContext,
  { storedFilename, metadata: { index, ...metadata } }: Pick<ManifestRecord, 'storedFilename' | 'metadata'>,
  manifest: Locator,
): ManifestRecord['metadata'] {
  if (index === undefined) return { ...metadata, manifest }
  const located = backend.locate(indexName(storedFilename, storedFilename.endsWith('.age')))
  return { ...metadata, manifest, ...(located !== undefined && { index: located }) }
}

/**
 * What the store says of a blob, where it says so at once: `gone` where there is none, `undefined` where that would take a
 * job, or where these credentials may not ask.
 */
export async function lookFor(
  backend: StorageBackend,
  locator: Locator,
  { signal }: CallOptions = {},
): Promise<BlobInfo | 'gone' | undefined> {
  if (backend.capabilities.listing === 'deferred') return undefined
  try {
    const answer = await backend.stat(locator, signal && { signal })
    return answer.state === 'ready' ? answer.value : undefined
  } catch (error) {
    if (isBakthatError(error, 'NOT_FOUND')) return 'gone'
    if (isBakthatError(error, 'PERMISSION_DENIED')) return undefined
    throw error
  }
}

/** What the store says of the archive of a backup, as {@link lookFor} does. */
export function lookForArchive(
  context: DestinationContext,
  backup: BackupRow,
  options: CallOptions,
): Promise<BlobInfo | 'gone' | undefined> {
  return lookFor(context.backend, locatorOf(context, backup), options)
}
