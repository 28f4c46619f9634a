import type { BackupRow } from '@bakthat/catalog'
import type { DestinationContext } from './context.js'
import type { ActionOptions } from './contract.js'
import { fetchReadable } from './fetch.js'
import { progressOf } from './stored-progress.js'
import { drain } from './streams.js'

/** Reads all that is stored of a backup, and says whether it could: not while it is cold. `INTEGRITY` where it is damaged or gone. */
export async function readBack(
  context: DestinationContext,
  backup: BackupRow,
  options: ActionOptions,
): Promise<boolean> {
  const bytes = await fetchReadable(context, backup, options, progressOf('verifying', backup, options))
  if (bytes === undefined) return false
  await drain(bytes)
  return true
}
