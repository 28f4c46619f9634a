import type { BackupRow } from '@bakthat/catalog'
import { BakthatError } from '@bakthat/errors'
import type { DestinationContext } from './context.js'

/**
 * The backup that a person means by a name: the complete one of that stored name, or else the newest complete one of
 * that exact name, in this destination. `NOT_FOUND` tells where else there is one.
 */
export function resolveBackup({ catalog, backend }: DestinationContext, name: string): BackupRow {
  // A caller in JavaScript may have nothing where a name should be, and a query without a name finds any backup.
  if (typeof name !== 'string' || name === '')
    throw new BakthatError('INVALID_INPUT', 'no name of a backup was given', { hint: 'name one' })
  const here = { backend: backend.scheme, container: backend.container }
  const found = catalog.newest({ ...here, storedFilename: name }) ?? catalog.newest({ ...here, filename: name })
  if (found !== undefined) return found
  const elsewhere = catalog.newest({ storedFilename: name }) ?? catalog.newest({ filename: name })
  throw new BakthatError('NOT_FOUND', `no backup named ${JSON.stringify(name)} in ${backend.scheme}`, {
    hint:
      elsewhere === undefined
        ? 'list what there is with: bakthat show'
        : `there is one in ${elsewhere.backend} (${elsewhere.container}): choose it with -d or -p`,
  })
}
