import type { BackupRow } from '@bakthat/catalog'
import type { DestinationContext } from './context.js'
import type { ActionOptions } from './contract.js'
import { locatorOf } from './fetch.js'
import { resolveBackup } from './resolve.js'
import { manifestName } from './stored-name.js'

/**
 * Removes the backup of that stored name, or the newest complete one of that exact name. The manifest goes first, the
 * catalog's row last: stopped at any point, the same call again finishes it.
 */
export async function remove(
  context: DestinationContext,
  name: string,
  { signal }: ActionOptions = {},
): Promise<BackupRow> {
  const { backend, catalog } = context
  const backup = resolveBackup(context, name)
  const locators = [
    recorded(backup, 'manifest') ?? backend.locate(manifestName(backup.storedFilename)),
    locatorOf(backup, backend.locate(backup.storedFilename)),
    recorded(backup, 'index'),
  ]
  for (const locator of locators) {
    if (locator !== undefined) await backend.remove(locator, signal && { signal })
  }
  return catalog.markDeleted(backup.id)
}

function recorded({ metadata }: BackupRow, key: string): string | undefined {
  const locator = metadata[key]
  return typeof locator === 'string' ? locator : undefined
}
