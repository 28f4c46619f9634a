import { mkdtemp, open, realpath, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { BakthatError, systemCodeOf, unavailableOf } from '@bakthat/errors'

/**
 * Puts text in the place of a file, for its owner alone (0600), at once and for good: whoever reads it sees the old text or
 * the new, and a crash leaves one of them. A link is followed, so that the file that it leads to is replaced.
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  try {
    await replace(await realpath(path).catch(() => path), text)
  } catch (error) {
    throw translateWriteError(error, path)
  }
}

async function replace(path: string, text: string): Promise<void> {
  const aside = await mkdtemp(join(dirname(path), '.bakthat-'))
  try {
    const written = join(aside, 'configuration')
    await using file = await open(written, 'wx', 0o600)
    await file.writeFile(text)
    await file.sync()
    await rename(written, path)
  } finally {
    await rm(aside, { recursive: true, force: true })
  }
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
