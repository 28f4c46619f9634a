import { realpathSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { systemCodeOf } from '@bakthat/errors'

import { explained, statsOf } from './failures.js'

/** The real path of a directory that need not exist: links are followed as far as it does. */
export function realPath(directory: string): string {
  const path = resolve(directory)
  try {
    return realpathSync(path)
  } catch (error) {
    if (systemCodeOf(error) !== 'ENOENT') throw explained(error, path)
    return join(realPath(dirname(path)), basename(path))
  }
}

/**
 * Whether a symbolic link lies between the root and the file: then there is no blob, for a link could lead anywhere.
 * The file itself is not looked at.
 */
export async function passesThroughLink(root: string, name: string): Promise<boolean> {
  let path = root
  for (const segment of name.split('/').slice(0, -1)) {
    path = join(path, segment)
    const directory = await statsOf(path)
    if (directory === undefined) return false
    if (directory.isSymbolicLink()) return true
  }
  return false
}
