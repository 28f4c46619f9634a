import type { Dirent } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

import { locatorOfName, throwIfAborted, type BlobInfo } from '@bakthat/storage'

import { absent, statsOf, told, unless } from './failures.js'
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
  const entries = await entriesOf(root, directory, prefix)
  for (let start = 0; start < entries.length; start += together) {
    const some = entries.slice(start, start + together)
    const blobs = await Promise.all(
      some.map(async ([name, isDirectory]) => (isDirectory ? undefined : infoOf(root, name))),
    )
    for (const [index, [name, isDirectory]] of some.entries()) {
      throwIfAborted(signal)
      const blob = blobs[index]
      if (isDirectory) yield* listBlobs(root, prefix, signal, name)
      else if (blob !== undefined) yield blob
    }
  }
}

/** Files that are looked at together, for on a network each look takes its time. */
const together = 64

/** What the check of a file system saves, in the root of a disk: only its administrator may look into it. */
const salvage = 'lost+found/'

/**
 * Names that begin with the prefix, of files, and of directories with their slash, which is what puts `a-b` before `a/b`; and of
 * directories in which such names may lie.
 */
export async function entriesOf(
  root: string,
  directory: string,
  prefix: string,
): Promise<readonly (readonly [string, boolean])[]> {
  const path = join(root, directory)
  const empty = directory === '' ? ['ENOENT'] : directory === salvage ? [...absent, 'EACCES'] : absent
  const found = (await told(path, () => unless(empty, () => readdir(path, { withFileTypes: true })))) ?? []
  return found
    .filter((entry) => entry.isDirectory() || entry.isFile())
    .map((entry) => named(entry, directory))
    .filter(({ name, isDirectory }) => name.startsWith(prefix) || (isDirectory && prefix.startsWith(name)))
    .map((entry) => ({ ...entry, key: Buffer.from(entry.name) }))
    .sort((one, other) => Buffer.compare(one.key, other.key))
    .map(({ name, isDirectory }) => [name, isDirectory])
}

function named(entry: Dirent, directory: string): { name: string; isDirectory: boolean } {
  const isDirectory = entry.isDirectory()
  return { name: directory + entry.name + (isDirectory ? '/' : ''), isDirectory }
}

async function infoOf(root: string, name: string): Promise<BlobInfo | undefined> {
  if (!isLocalName(name)) return undefined
  const path = join(root, name)
  const stats = await statsOf(path)
  if (stats?.isFile() !== true) return undefined
  return { name, size: stats.size, locator: locatorOfName(name), storedAt: stats.mtime }
}
