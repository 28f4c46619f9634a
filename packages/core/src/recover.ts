import type { BackupRow } from '@bakthat/catalog'
import { collect } from '@bakthat/storage'
import type { DestinationContext } from './context.js'
import { decodeManifest, largestManifest } from './manifest.js'
import { exists } from './reserve.js'
import { indexName, manifestName } from './stored-name.js'

/**
 * Settles what processes of this host left pending in this destination when they were killed. A backup whose manifest
 * was stored had only its row left to write, and is completed; anything less is removed from the store and forgotten.
 */
export async function recoverInterrupted(context: DestinationContext): Promise<void> {
  const { catalog, backend, host, isAlive } = context
  const pending = catalog.find({ backend: backend.scheme, container: backend.container, status: ['pending'] })
  for (const row of pending) {
    if (row.host !== host || row.pid === undefined || isAlive(row.pid)) continue
    await settle(context, row)
  }
}

async function settle({ catalog, backend }: DestinationContext, row: BackupRow): Promise<void> {
  const name = manifestName(row.storedFilename)
  const manifest = backend.locate(name)
  const archive = backend.locate(row.storedFilename)
  if (manifest === undefined || archive === undefined) return
  if (await exists(backend, manifest)) {
    const answer = await backend.retrieve(manifest)
    if (answer.state === 'pending') return
    const record = decodeManifest(await collect(answer.value, largestManifest), name)
    if (record.host === row.host)
      catalog.complete(row.id, { ...record, locator: archive, metadata: { ...record.metadata, manifest } })
    else catalog.discard(row.id)
    return
  }
  await backend.remove(manifest)
  await backend.remove(archive)
  for (const encrypted of [true, false]) {
    const index = backend.locate(indexName(row.storedFilename, encrypted))
    if (index !== undefined) await backend.remove(index)
  }
  catalog.discard(row.id)
}
