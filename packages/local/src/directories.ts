import { mkdir, open, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

import { told, unless } from './failures.js'

/**
 * Makes a directory and those above it, for their owner alone and durable, and gives the topmost that was made, if any.
 * Step by step, because `mkdir` of Node 20 with `recursive` reports a full or read-only disk as a missing directory.
 */
export async function makeDirectories(directory: string): Promise<string | undefined> {
  if (await isDirectory(directory)) return undefined
  const above = await makeDirectories(dirname(directory))
  const made = await told(directory, () => makeDirectory(directory))
  if (made) await syncDirectory(dirname(directory))
  return above ?? (made ? directory : undefined)
}

/** Makes the names in a directory durable, where the file system has that. */
export async function syncDirectory(directory: string): Promise<void> {
  await told(directory, async () => {
    const handle = await open(directory, 'r')
    try {
      await unless(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'], () => handle.sync())
    } finally {
      await handle.close()
    }
  })
}

async function isDirectory(path: string): Promise<boolean> {
  const stats = await told(path, () => unless(['ENOENT'], () => stat(path)))
  return stats?.isDirectory() === true
}

/** `false` where somebody else made it in the meantime. */
async function makeDirectory(directory: string): Promise<boolean> {
  try {
    await mkdir(directory, 0o700)
    return true
  } catch (error) {
    if (await isDirectory(directory)) return false
    throw error
  }
}
