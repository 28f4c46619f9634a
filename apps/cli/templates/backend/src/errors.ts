import { BakthatError, isBakthatError, type ErrorCode } from '@bakthat/plugin-sdk'

const meanings: Readonly<Record<string, readonly [code: ErrorCode, what: string]>> = {
  ENOENT: ['NOT_FOUND', 'is not there'],
  EEXIST: ['ALREADY_EXISTS', 'is there already'],
  EACCES: ['PERMISSION_DENIED', 'may not be accessed'],
  EPERM: ['PERMISSION_DENIED', 'may not be accessed'],
  EROFS: ['PERMISSION_DENIED', 'may not be written'],
  ENOSPC: ['NO_SPACE', 'is on a full disk'],
  EDQUOT: ['NO_SPACE', 'is over its quota'],
  EIO: ['UNAVAILABLE', 'cannot be read or written'],
}

/** Makes one call of the system for `path`, and throws what a user can be told of its failure. */
export async function told<T>(path: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw explained(error, path)
  }
}

/** The same failure for a user; what is not foreseen is given back as it is. */
export function explained(error: unknown, path: string): unknown {
  const meaning = meanings[(error as NodeJS.ErrnoException).code ?? '']
  return meaning === undefined ? error : new BakthatError(meaning[0], `${path} ${meaning[1]}`, { cause: error })
}

/** Whether something was found. */
export async function isThere(search: Promise<unknown>): Promise<boolean> {
  try {
    await search
    return true
  } catch (error) {
    if (isBakthatError(error, 'NOT_FOUND')) return false
    throw error
  }
}
