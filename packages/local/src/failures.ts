import type { Stats } from 'node:fs'
import { lstat } from 'node:fs/promises'
import {
  BakthatError,
  type BakthatErrorOptions,
  type ErrorCode,
  hasSystemCode,
  systemCodeOf,
  unavailableOf,
} from '@bakthat/errors'

const meanings: Readonly<Record<string, readonly [ErrorCode, string, string?]>> = {
  ENOENT: ['NOT_FOUND', 'is not there'],
  ENOTDIR: ['ALREADY_EXISTS', 'passes through a file', 'choose another name or directory'],
  EISDIR: ['ALREADY_EXISTS', 'is a directory', 'choose another name or directory'],
  EEXIST: ['ALREADY_EXISTS', 'is in the way', 'choose another name or directory'],
  ENAMETOOLONG: ['INVALID_INPUT', 'is a longer path than this file system takes', 'choose a shorter name'],
  EILSEQ: ['INVALID_INPUT', 'holds characters that this file system does not take', 'choose another name'],
  ELOOP: ['INVALID_INPUT', 'is a loop of symbolic links', 'choose another directory'],
  EINVAL: ['INVALID_INPUT', 'is a path that this file system does not take', 'choose another name'],
  EACCES: ['PERMISSION_DENIED', 'may not be accessed', 'check the owner and the mode of the directory'],
  EPERM: ['PERMISSION_DENIED', 'may not be accessed', 'check the owner and the mode of the directory'],
  EROFS: ['PERMISSION_DENIED', 'is on a read-only file system', 'mount it read-write or choose another directory'],
  ENOSPC: ['NO_SPACE', 'is on a full disk', 'free some space or choose another directory'],
  EDQUOT: ['NO_SPACE', 'is over its quota', 'free some space or choose another directory'],
  EFBIG: ['NO_SPACE', 'is larger than a file can be there', 'choose a directory on another file system'],
}

/** Runs one file-system call on a path and throws what a user can be told of its failure. */
export async function told<T>(path: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw explained(error, path)
  }
}

/** The same failure for a user; what is not foreseen is given back as it is. */
export function explained(error: unknown, path: string): unknown {
  const meaning = meanings[systemCodeOf(error) ?? '']
  if (meaning === undefined) return unavailableOf(error, path) ?? error
  const [code, what, hint] = meaning
  const options: BakthatErrorOptions = hint === undefined ? { cause: error } : { cause: error, hint }
  return new BakthatError(code, `${path} ${what}`, options)
}

/** Runs one file-system call, and gives `undefined` where it fails with one of these codes of the system. */
export async function unless<T>(codes: readonly string[], call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call()
  } catch (error) {
    if (hasSystemCode(error, ...codes)) return undefined
    throw error
  }
}

/** The codes of the system that say that there is no such file. */
export const absent = ['ENOENT', 'ENOTDIR'] as const

/** What lies there: a link itself, and not what it leads to. `undefined` where nothing does. */
export function statsOf(path: string): Promise<Stats | undefined> {
  return told(path, () => unless(absent, () => lstat(path)))
}
