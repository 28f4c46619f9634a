import type { Dirent } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'

import { locatorOfName, throwIfAborted, type BlobInfo } from '@bakthat/storage'

import { absent, told, unless } from './failures.js'
import { isLocalName } from './names.js'

/**
 * The blobs whose names begin with the prefix, in the order of their names' bytes: one directory is read at a time, and
 * none that cannot hold one. What vanishes meanwhile is left out; a directory that cannot be read is an error, for a
 * listing with a hole in it would say that backups are gone.
 */
export async function* listBlobs(
  root: string,
  prefix: string,
  signal: AbortSignal | undefined,
  directory = '',
): AsyncIterable<BlobInfo> {
  for (const [name, isDirectory] of await entriesOf(root, directory)) {
    throwIfAborted(signal)
    if (isDirectory && (name.startsWith(prefix) || prefix.startsWith(name))) {
      yield* listBlobs(root, prefix, signal, name)
    } else if (!isDirectory && name.startsWith(prefix)) {
      const blob = await infoOf(root, name)
      if (blob !== undefined) yield blob
    }
  }
}

/** What the check of a file system saves, in the root of a disk: only its administrator may look into it. */
const salvage = 'lost+found/'

/** Names of files, and of directories with their slash, which is what puts `a-b` before `a/b`. */
export async function entriesOf(root: string, directory: string): Promise<readonly (readonly [string, boolean])[]> {
  const path = join(root, directory)
  const empty = directory === '' ? ['ENOENT'] : directory === salvage ? [...absent, 'EACCES'] : absent
  const found = (await told(path, () => unless(empty, () => readdir(path, { withFileTypes: true })))) ?? []
  return found
    .filter((entry) => entry.isDirectory() || entry.isFile())
    .map((entry) => keyed(entry, directory))
    .sort((one, other) => Buffer.compare(one.key, other.key))
    .map(({ name, isDirectory }) => [name, isDirectory])
}

function keyed(entry: Dirent, directory: string): { name: string; isDirectory: boolean; key: Buffer } {
  const isDirectory = entry.isDirectory()
  const name = directory + entry.name + (isDirectory ? '/' : '')
  return { name, isDirectory, key: Buffer.from(name) }
}

async function infoOf(root: string, name: string): Promise<BlobInfo | undefined> {
  if (!isLocalName(name)) return undefined
  const path = join(root, name)
  const stats = await told(path, () => unless(absent, () => lstat(path)))
  if (stats?.isFile() !== true) return undefined
  return { name, size: stats.size, locator: locatorOfName(name), storedAt: stats.mtime }
}
