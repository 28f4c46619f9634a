import { BakthatError, isBakthatError } from '@bakthat/errors'

import type { Connection } from './connection.js'
import { addressOf } from './container.js'

/**
 * Removes an archive; one that is not there, or a vault that is not, is a success. Rejects with `LOCKED` where the vault's
 * lock may be what keeps it.
 */
export async function removeArchive(
  connection: Connection,
  archiveId: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await deleteArchive(connection, archiveId, signal)
  } catch (error) {
    if (!isBakthatError(error, 'PERMISSION_DENIED') || !(await isLocked(connection, signal))) throw error
    throw new BakthatError('LOCKED', `${addressOf(connection.vault, 'the archive')} is kept by the lock of the vault`, {
      hint: 'the policy of the vault lock says for how many days archives are kept: aws glacier get-vault-lock',
      cause: error,
    })
  }
}

/** Removes an archive; one that is not there, or a vault that is not, is a success. */
export async function deleteArchive(
  connection: Connection,
  archiveId: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await connection.request('the archive', signal, (glacier, options) =>
      glacier.deleteArchive({ accountId: '-', vaultName: connection.vault, archiveId }, options),
    )
  } catch (error) {
    if (!isBakthatError(error, 'NOT_FOUND')) throw error
  }
}

/** Whether the vault's lock forbids deleting something. What may not be asked is not known. */
async function isLocked(connection: Connection, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    const { Policy: policy } = await connection.request(undefined, signal, (glacier, options) =>
      glacier.getVaultLock({ accountId: '-', vaultName: connection.vault }, options),
    )
    return policy?.includes('glacier:DeleteArchive') === true
  } catch (error) {
    if (isBakthatError(error, 'NOT_FOUND', 'PERMISSION_DENIED')) return false
    throw error
  }
}
