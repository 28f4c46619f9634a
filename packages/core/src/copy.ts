import type { BackupRow } from '@bakthat/catalog'
import type { Bytes, Locator } from '@bakthat/storage'
import type { DestinationContext } from './context.js'
import type { ActionOptions } from './contract.js'
import { commit, putConfirmed, undo, type PutPurpose, type Stored } from './put.js'
import { termsOf } from './terms.js'
import { without } from './without.js'
import { signed } from './writer.js'

/** What of a backup's metadata is about where it lay. */
const bound = ['manifest', 'index', 'storage_class', 'locked_until', 'paid_until']

/**
 * Stores the bytes of a backup of another destination under the same stored name, with all that is known of it, and records
 * it as complete. `ALREADY_EXISTS` if there is something of that name already. Whatever makes it fail, what was stored is
 * removed first. Its index, if it had one, stays behind.
 */
export async function storeCopy(
  context: DestinationContext,
  original: BackupRow,
  bytes: Bytes,
  options: ActionOptions,
): Promise<BackupRow> {
  const { filename, storedFilename, backupDate, tags } = original
  const { backend, catalog, pid } = context
  const { scheme, container } = backend
  const host = original.host ?? context.host
  const about = { filename, storedFilename, backupDate, tags, host, pid, metadata: signed(context) }
  const row = catalog.begin({ backend: scheme, container, ...about }, { instead: 'deleted' })
  const locators: Locator[] = []
  const put = (name: string, content: Bytes, purpose: PutPurpose, estimatedSize?: number): Promise<Stored> =>
    putConfirmed(context, row, { name, bytes: content, purpose, estimatedSize }, options, locators)
  try {
    const stored = await put(storedFilename, bytes, 'archive', original.size)
    const metadata = { ...without(original.metadata, ...bound), ...termsOf(stored) }
    return await commit(context, row, { ...stored, metadata }, put, options)
  } catch (error) {
    await undo(context, row, locators)
    throw error
  }
}
