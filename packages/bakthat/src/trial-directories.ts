import { rmdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { systemCodeOf } from '@bakthat/errors'
import { localDirectory, type StorageBackend } from '@bakthat/storage'

/** The directories that a backend would have to make before it can store, the lowest first. */
export async function missingDirectories(backend: StorageBackend): Promise<readonly string[]> {
  const directory = localDirectory(backend)
  return directory === undefined ? [] : missingAbove(directory)
}

/** Takes them away again after a trial; one that somebody put something into meanwhile stays. */
export async function removeEmpty(directories: readonly string[]): Promise<void> {
  for (const directory of directories) await rmdir(directory).catch(() => undefined)
}

async function missingAbove(directory: string): Promise<readonly string[]> {
  return (await isMissing(directory)) ? [directory, ...(await missingAbove(dirname(directory)))] : []
}

function isMissing(directory: string): Promise<boolean> {
  return stat(directory).then(
    () => false,
    (error: unknown) => systemCodeOf(error) === 'ENOENT',
  )
}
