import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { BackupRow } from '@bakthat/catalog'
import { isBakthatError } from '@bakthat/errors'
import { localDirectory } from '@bakthat/storage'
import type { DestinationContext } from './context.js'

/**
 * Throws what the catalog would throw once the backup is removed, as long as all of it is there: a row that cannot be written
 * would go on telling of it. On a disk that is full, archives go all the same where they lie on it themselves, and make the room.
 */
export async function refuseUnrecordable(context: DestinationContext, { id }: BackupRow): Promise<void> {
  try {
    context.catalog.prepareDeletion(id)
  } catch (error) {
    if (!isBakthatError(error, 'NO_SPACE') || !(await liesBesideCatalog(context))) throw error
  }
}

async function liesBesideCatalog({ backend, catalog }: DestinationContext): Promise<boolean> {
  const directory = localDirectory(backend)
  if (directory === undefined) return false
  const [archives, rows] = await Promise.all([stat(directory), stat(dirname(catalog.path))])
  return archives.dev === rows.dev
}
