import type { BackupRow } from '@bakthat/catalog'
import { BakthatError, isBakthatError } from '@bakthat/errors'
import type { Bytes } from '@bakthat/storage'
import { isValue } from './contents.js'
import type { DestinationContext } from './context.js'
import type { ActionOptions, ThawOptions } from './contract.js'
import { confirmed } from './streams.js'
import { readableNow, thawed } from './thaw.js'

/**
 * The stored bytes of a backup, brought back from cold storage where that is needed, as {@link thawed} says: whoever reads
 * them to their end may rely on size and SHA-256. Those of a value of a key are as they are now, for another host may have
 * replaced it.
 */
export async function fetchBackup(
  context: DestinationContext,
  backup: BackupRow,
  options: ActionOptions & ThawOptions,
  onBytes?: (passed: number) => void,
): Promise<Bytes> {
  const bytes = await thawed(context, backup, options).catch((error: unknown) => {
    throw gone(backup, error)
  })
  return confirmedUnlessValue(bytes, backup, onBytes)
}

/** The same, but never at the cost of a retrieval: `undefined` where the backup is cold. */
export async function fetchReadable(
  context: DestinationContext,
  backup: BackupRow,
  options: ActionOptions,
  onBytes?: (passed: number) => void,
): Promise<Bytes | undefined> {
  const bytes = await readableNow(context, backup, options).catch((error: unknown) => {
    throw gone(backup, error)
  })
  return bytes && confirmedUnlessValue(bytes, backup, onBytes)
}

function confirmedUnlessValue(bytes: Bytes, backup: BackupRow, onBytes?: (passed: number) => void): Bytes {
  const there = unlessGone(bytes, backup)
  return isValue(backup) ? there : confirmed(there, backup, backup.storedFilename, onBytes)
}

/** Another host may remove it while it is read. */
export async function* unlessGone(bytes: Bytes, backup: BackupRow): Bytes {
  try {
    yield* bytes
  } catch (error) {
    throw gone(backup, error)
  }
}

function gone(backup: BackupRow, error: unknown): unknown {
  if (!isBakthatError(error, 'NOT_FOUND')) return error
  return new BakthatError('INTEGRITY', `${backup.storedFilename} is in the catalog but no longer in the storage`, {
    hint: 'it was removed behind our back: restore an older backup, and let bakthat sync mend the catalog',
    cause: error,
  })
}
