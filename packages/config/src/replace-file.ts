import { randomUUID } from 'node:crypto'
import { open, realpath, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { BakthatError, systemCodeOf, unavailableOf } from '@bakthat/errors'

/**
 * Puts text in the place of a file, for its owner alone (0600), at once and for good: whoever reads it sees the old text or
 * the new, and a crash leaves one of them. A link is followed, so that the file that it leads to is replaced. `aside` is a
 * directory on the same disk, for what is not finished.
 */
export async function replaceFile(path: string, text: string, aside: string): Promise<void> {
  try {
    await replace(await realpath(path).catch(() => path), text, aside)
  } catch (error) {
    throw translateWriteError(error, path)
  }
}

async function replace(path: string, text: string, aside: string): Promise<void> {
  // Who took us for gone has made the directory anew, and writes another file into it.
  const written = join(aside, randomUUID())
  await using file = await open(written, 'wx', 0o600)
  await file.writeFile(text)
  await file.sync()
  await rename(written, path)
  await using directory = await open(dirname(path))
  await directory.sync()
}

/** What it means that a file cannot be written. Any other value is given back as it is. */
export function translateWriteError(error: unknown, path: string): unknown {
  switch (systemCodeOf(error)) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new BakthatError('PERMISSION_DENIED', `${path} cannot be written`, {
        hint: 'check the permissions of its directory',
        cause: error,
      })
    case 'ENOSPC':
    case 'EDQUOT':
      return new BakthatError('NO_SPACE', `no space left for ${path}`, { hint: 'free some space', cause: error })
    case 'ENOENT':
    case 'ENOTDIR':
      return new BakthatError('INVALID_INPUT', `there is no directory for ${path}`, { hint: 'make it', cause: error })
    default:
      return unavailableOf(error, path) ?? error
  }
}
