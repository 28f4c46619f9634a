import { rm } from 'node:fs/promises'
import { basename, join } from 'node:path'

import { BakthatError } from '@bakthat/errors'
import { throwIfAborted, type Leftover } from '@bakthat/storage'

import { statsOf, told } from './failures.js'
import { isReserved, labelIn } from './leftovers.js'
import { entriesOf } from './listing.js'
import { passesThroughLink } from './paths.js'

/** Every file below a directory that a `put` works with or left. */
export async function* unfinishedFiles(
  root: string,
  signal: AbortSignal | undefined,
  directory = '',
): AsyncIterable<Leftover> {
  for (const [name, isDirectory] of await entriesOf(root, directory, '')) {
    throwIfAborted(signal)
    if (isDirectory) {
      yield* unfinishedFiles(root, signal, name)
      continue
    }
    const label = labelIn(basename(name))
    if (label === undefined) continue
    const path = join(root, name)
    const stats = await statsOf(path)
    if (stats === undefined) continue
    yield { id: name, name: directory + label, kind: 'unfinished file', writtenAt: stats.mtime, size: stats.size }
  }
}

/** Removes one by its id; nothing that is a blob, or lies elsewhere, has such an id. */
export async function removeUnfinishedFile(root: string, id: string): Promise<void> {
  const isBelow = !id.split('/').some((part) => part === '' || part === '.' || part === '..')
  if (!isBelow || !isReserved(basename(id)))
    throw new BakthatError('INVALID_INPUT', `${JSON.stringify(id)} is no unfinished file`)
  if (await passesThroughLink(root, id)) return
  const path = join(root, id)
  await told(path, () => rm(path, { force: true }))
}
