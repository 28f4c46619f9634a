import type { BackupRow } from '@bakthat/catalog'
import { BakthatError } from '@bakthat/errors'
import { localDirectory } from '@bakthat/storage'
import { isBackup } from './contents.js'
import { placeOf, type DestinationContext } from './context.js'
import type { ActionOptions } from './contract.js'
import { lookForArchive } from './locate.js'
import { isOurName } from './stored-name.js'

/**
 * `UNAVAILABLE` where nothing of ours is in a directory that backups were stored in: a disk is not mounted, and what would be
 * stored now would fill the one below, and be out of sight once the disk is back. Looks for one known backup, and lists only
 * where that is gone.
 */
export async function refuseEmptied(context: DestinationContext, options: ActionOptions): Promise<void> {
  const { backend, catalog } = context
  if (localDirectory(backend) === undefined) return
  const newest = newestBackup(context)
  if (newest === undefined) return
  const found = await lookForArchive(context, newest, options)
  if (found !== 'gone' || (await holdsAnything(context, options))) return
  throw emptied(backend.container, catalog.find(placeOf(backend)).filter(isBackup).length, 'is the disk mounted?')
}

/** Values of keys are passed over: of very many rows only the newest are read, and ten times as many until there is a backup. */
function newestBackup({ catalog, backend }: DestinationContext): BackupRow | undefined {
  for (let limit = 1; ; limit *= 10) {
    const rows = catalog.find({ ...placeOf(backend), limit })
    const found = rows.findLast(isBackup)
    if (found !== undefined || rows.length < limit) return found
  }
}

/** Of ours: a mark that an administrator put there, or a value that was set meanwhile, is no backup. */
async function holdsAnything({ backend }: DestinationContext, { signal }: ActionOptions): Promise<boolean> {
  const answer = await backend.list(signal && { signal })
  if (answer.state === 'pending') return true
  for await (const { name } of answer.value) if (isOurName(name)) return true
  return false
}

/** Why an empty destination is not taken for one whose backups were all removed. `question`: what may be the matter. */
export function emptied(container: string, count: number, question: string): BakthatError {
  const known = count === 1 ? 'a backup' : `${count} backups`
  return new BakthatError('UNAVAILABLE', `${container} is empty, where the catalog knows ${known}`, {
    hint: `${question} Backups that are really gone can be deleted by name`,
  })
}
