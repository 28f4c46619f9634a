import { readIndex, type IndexedFrame } from '@bakthat/archive'
import type { DecryptionKeys } from '@bakthat/crypto'
import type { BackupRow } from '@bakthat/catalog'
import { isBakthatError } from '@bakthat/errors'
import type { DestinationContext } from './context.js'
import type { ActionOptions } from './contract.js'
import { indexOf } from './locate.js'
import { opened } from './opened.js'
import { indexName } from './stored-name.js'

/**
 * What the index of a backup tells, frame by frame; `undefined` where there is none that could be read at once: of streams and
 * ready-made archives, in vaults, and where it was removed. Damage shows while it is read.
 */
export async function readIndexOf(
  { backend }: DestinationContext,
  backup: BackupRow,
  { keys = {}, signal }: Pick<ActionOptions, 'signal'> & { readonly keys?: DecryptionKeys },
): Promise<AsyncIterable<IndexedFrame> | undefined> {
  const locator = indexOf(backup)
  if (locator === undefined) return undefined
  const interruption = signal && { signal }
  try {
    const answer = await backend.retrieve(locator, { begin: false, ...interruption })
    if (answer.state === 'pending') return undefined
    const name = indexName(backup.storedFilename, backup.storedFilename.endsWith('.age'))
    return readIndex(opened(answer.value, name, keys, backup), interruption)
  } catch (error) {
    if (isBakthatError(error, 'NOT_FOUND', 'COLD')) return undefined
    throw error
  }
}
