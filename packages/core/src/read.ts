import type { Bytes } from '@bakthat/storage'
import { formOf, plainBytes } from './contents.js'
import type { DestinationContext } from './context.js'
import type { ReadOptions } from './contract.js'
import { fetchBackup } from './fetch.js'
import { opened } from './opened.js'
import { resolveBackup } from './resolve.js'

/**
 * What a backup holds, decrypted and decompressed: the stream that was backed up, or of files their tar. Nothing is fetched
 * before the first chunk is asked for. **Only a stream that ended well is whole**: what is damaged or cut short may show at
 * its very end.
 */
export async function* read(
  context: DestinationContext,
  name: string,
  options: ReadOptions = {},
): AsyncGenerator<Uint8Array> {
  const backup = resolveBackup(context, name)
  const bytes: Bytes = await fetchBackup(context, backup, options)
  const plain = opened(bytes, backup.storedFilename, options.keys ?? {}, backup)
  yield* plainBytes(plain, formOf(backup.storedFilename, backup), options.signal && { signal: options.signal })
}
