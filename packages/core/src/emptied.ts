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
  const here = placeOf(backend)
  const backups = (): readonly BackupRow[] => catalog.find(here).filter(isBackup)
  const last = catalog.newest(here)
  const newest = last === undefined || isBackup(last) ? last : backups().at(-1)
  if (newest === undefined) return
  const found = await lookForArchive(context, newest, options)
  if (found !== 'gone' || (await holdsAnything(context, options))) return
  throw emptied(backend.container, backups().length, 'is the disk mounted?')
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
