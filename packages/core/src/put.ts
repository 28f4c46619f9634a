import type { BackupRow, Json } from '@bakthat/catalog'
import { BakthatError, isBakthatError } from '@bakthat/errors'
import { single, type BlobInfo, type Bytes, type Locator, type PutOptions } from '@bakthat/storage'
import type { DestinationContext } from './context.js'
import type { ActionOptions } from './contract.js'
import { lookFor } from './locate.js'
import { encodeManifest } from './manifest.js'
import { manifestName } from './stored-name.js'
import { measured } from './streams.js'

export type PutPurpose = NonNullable<PutOptions['purpose']>

export type Stored = BlobInfo & { readonly sha256: string }

/** What of a backup is to be stored, and how. */
export interface Blob {
  readonly name: string
  readonly bytes: Bytes
  readonly purpose: PutPurpose
  readonly estimatedSize?: number | undefined
}

/** Stores a blob of a backup, notes where for {@link undo}, and compares what the store says it holds with what was sent. */
export async function putConfirmed(
  { backend, host }: DestinationContext,
  { backupDate, tags }: Pick<BackupRow, 'backupDate' | 'tags'>,
  { name, bytes, purpose, estimatedSize }: Blob,
  { signal, onNotice }: ActionOptions,
  locators: Locator[],
): Promise<Stored> {
  const sent = measured(bytes)
  const stored = await backend.put(name, sent.bytes, {
    purpose,
    record: { date: backupDate, tags, host },
    sha256: () => sent.measure.sha256(),
    ...(estimatedSize !== undefined && { estimatedSize }),
    ...(signal && { signal }),
    ...(onNotice && { onNotice }),
  })
  locators.push(stored.locator)
  if (stored.size === sent.measure.size && stored.sha256 === sent.measure.sha256()) return stored
  throw new BakthatError('INTEGRITY', `${name} was not stored as it was sent`, {
    hint: 'the storage or the way to it is faulty: check it before trusting it with backups',
  })
}

/** What makes a backup whole, once its archive is stored. */
interface Outcome extends Stored {
  readonly metadata: Record<string, Json>
}

/**
 * Makes a backup whose archive is stored complete: first in the storage, by its manifest, then in the catalog. In a store
 * without names the archive carries its own record, and where it lies is written down at once: nothing else could tell.
 */
export async function commit(
  context: DestinationContext,
  row: BackupRow,
  { id: archiveId, metadata, ...stored }: Outcome,
  put: (name: string, bytes: Bytes, purpose: PutPurpose) => Promise<Stored>,
  options: Pick<ActionOptions, 'signal'>,
): Promise<BackupRow> {
  const { catalog, backend, host } = context
  if (backend.capabilities.names) {
    const manifest = encodeManifest({ ...row, ...stored, metadata, host: row.host ?? host })
    const { locator } = await put(manifestName(row.storedFilename), single(manifest), 'metadata')
    await refuseRemoved(context, row, stored.locator, options)
    return catalog.complete(row.id, { ...stored, metadata: { ...metadata, manifest: locator } })
  }
  const complete = catalog.complete(row.id, { ...stored, metadata })
  if (archiveId !== undefined) {
    catalog.inventory.record(backend.container, { archiveId, filename: row.storedFilename })
  }
  return complete
}

/**
 * Until there was a manifest, somebody else may have removed the archive: a cleanup that took it for an old one, because
 * uploads are dated by their beginning (see `orphansIn`), or a host that settles what it left under the same name when it was
 * killed. Who looked for the manifest just before and removes the archive just after goes unnoticed.
 */
async function refuseRemoved(
  { backend }: DestinationContext,
  { storedFilename }: BackupRow,
  archive: Locator,
  options: Pick<ActionOptions, 'signal'>,
): Promise<void> {
  if ((await lookFor(backend, archive, options)) !== 'gone') return
  throw new BakthatError('INTEGRITY', `${storedFilename} was removed by somebody else as soon as it was stored`, {
    hint: 'it may have looked like a leftover to bakthat cleanup on another host: make the backup again',
  })
}

/**
 * Removes what a failed backup stored: the manifest first, so that at no moment it looks finished. What cannot be removed
 * stays, with the pending row, for the next backup or `cleanup`: what made this one fail is worth more telling.
 */
export async function undo(
  { backend, catalog }: DestinationContext,
  row: BackupRow,
  stored: readonly Locator[],
): Promise<void> {
  try {
    for (const locator of stored.toReversed()) await backend.remove(locator)
    catalog.discard(row.id)
  } catch (error) {
    if (!isBakthatError(error)) throw error
  }
}
