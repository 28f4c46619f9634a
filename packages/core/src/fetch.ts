import type { BackupRow } from '@bakthat/catalog'
import { BakthatError, isBakthatError } from '@bakthat/errors'
import type { Bytes } from '@bakthat/storage'
import type { DestinationContext } from './context.js'
import type { ActionOptions } from './contract.js'
import { locatorOf } from './locate.js'
import { confirmed } from './streams.js'

/**
 * The stored bytes of a backup, as far as the store can give them now (`PENDING` if it cannot): whoever reads them to
 * their end may rely on size and SHA-256.
 */
export async function fetchBackup(
  context: DestinationContext,
  backup: BackupRow,
  { signal }: ActionOptions,
  onBytes?: (passed: number) => void,
): Promise<Bytes> {
  const answer = await context.backend
    .retrieve(locatorOf(context, backup), signal && { signal })
    .catch((error: unknown) => {
      throw isBakthatError(error, 'NOT_FOUND') ? gone(backup, error) : error
    })
  if (answer.state === 'pending')
    throw new BakthatError('PENDING', `${backup.storedFilename} is being brought back from cold storage`, {
      hint: 'run the same command again later',
    })
  return confirmed(answer.value, backup, backup.storedFilename, onBytes)
}

function gone(backup: BackupRow, cause: unknown): BakthatError {
  return new BakthatError('INTEGRITY', `${backup.storedFilename} is in the catalog but no longer in the storage`, {
    hint: 'it was removed behind our back: restore an older backup',
    cause,
  })
}
