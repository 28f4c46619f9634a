import type { BackupRow } from '@bakthat/catalog'
import { BakthatError } from '@bakthat/errors'
import { localDirectory, type CallOptions, type StorageBackend } from '@bakthat/storage'
import { orUndefined } from './or-undefined.js'

/**
 * `UNAVAILABLE` where a directory is empty, or not there, that something was stored in: a disk is not mounted, and a value that
 * was set now would be out of sight once it is back. `newest`: what the catalog says was stored there last. Looks for that,
 * and lists only where it is gone.
 */
export async function refuseEmptied(
  backend: StorageBackend,
  newest: BackupRow | undefined,
  options: CallOptions,
): Promise<void> {
  if (localDirectory(backend) === undefined || newest === undefined) return
  const { storedFilename: name, locator = backend.locate(name) ?? name } = newest
  if ((await orUndefined(backend.stat(locator, options))) !== undefined) return
  if (await holdsAnything(backend, options)) return
  throw new BakthatError('UNAVAILABLE', `${backend.container} is empty, where the catalog knows ${name}`, {
    hint: 'is the disk mounted? Values and backups that are really gone can be deleted by name',
  })
}

/** Any name: what another host stored under one is a value as well. */
async function holdsAnything(backend: StorageBackend, options: CallOptions): Promise<boolean> {
  const answer = await backend.list(options)
  if (answer.state === 'pending') return true
  const blobs = answer.value[Symbol.asyncIterator]()
  const first = await blobs.next()
  await blobs.return?.()
  return first.done !== true
}
