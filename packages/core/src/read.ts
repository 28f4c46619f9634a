import { readEntry } from '@bakthat/archive'
import type { BackupRow } from '@bakthat/catalog'
import type { Bytes } from '@bakthat/storage'
import { formOf, plainBytes, refuseFile } from './contents.js'
import type { DestinationContext } from './context.js'
import type { ReadOptions } from './contract.js'
import { fetchPart } from './fetch-part.js'
import { fetchBackup } from './fetch.js'
import { opened } from './opened.js'
import { resolveBackup } from './resolve.js'
import { fetched } from './thaw.js'

/**
 * What a backup holds, decrypted and decompressed: the stream that was backed up, or of files their tar; with `only` the contents of
 * one file, for which little more is fetched, as in a {@link restore}. Nothing is fetched before the first chunk is asked for.
 * **Only a stream that ended well is whole**: what is damaged or cut short may show at its very end.
 */
export async function* read(
  context: DestinationContext,
  name: string,
  options: ReadOptions = {},
): AsyncGenerator<Uint8Array> {
  const backup = resolveBackup(context, name, options)
  const { only, limits, signal } = options
  const form = formOf(backup.storedFilename, backup)
  const interruption = signal && { signal }
  if (only === undefined) {
    yield* plainBytes(await decryptedBytes(context, backup, options), form, { ...limits, ...interruption })
  } else {
    refuseFile(form, backup.storedFilename)
    const part = await fetchPart(context, backup, [only], options)
    yield* readEntry(part?.bytes ?? (await decryptedBytes(context, backup, options)), only, interruption)
  }
  fetched(context, backup)
}

async function decryptedBytes(context: DestinationContext, backup: BackupRow, options: ReadOptions): Promise<Bytes> {
  return opened(await fetchBackup(context, backup, options), backup.storedFilename, options.keys ?? {}, backup)
}
