import { closeSync, constants, fsync, fsyncSync, openSync } from 'node:fs'
import { promisify } from 'node:util'
import { systemCodeOf } from '@bakthat/errors'
import { toFileSystemPath } from '../paths/byte-string.js'

/** Some file systems have nothing to wait for, and say so. */
const needless = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])

/** Of directories, which few but local disks keep in such a way, some servers say anything: https://github.com/restic/restic/pull/3752. */
const needlessForNames = new Set([...needless, 'EACCES', 'EBADF', 'EISDIR', 'ENOENT', 'ENOTTY', 'EPERM'])

const unreadable = new Set(['EACCES'])

const waitFor = promisify(fsync)

const directoryFlags = constants.O_RDONLY | constants.O_DIRECTORY

/** Waits until the disk has what is open. Throws the file system's error, also of a write that failed only now. */
export async function syncOpen(descriptor: number): Promise<void> {
  try {
    await waitFor(descriptor)
  } catch (error) {
    passOver(error, needless)
  }
}

/** The same for a directory. */
export async function syncOpenDirectory(descriptor: number): Promise<void> {
  try {
    await waitFor(descriptor)
  } catch (error) {
    passOver(error, needlessForNames)
  }
}

/** The same for a directory whose names and attributes are written at once. */
export function syncOpenNow(descriptor: number): void {
  try {
    fsyncSync(descriptor)
  } catch (error) {
    passOver(error, needlessForNames)
  }
}

/** Waits until the disk has the names in a directory. One that may be written to and not read cannot be asked. */
export function syncDirectory(path: string): void {
  let descriptor: number
  try {
    descriptor = openSync(toFileSystemPath(path), directoryFlags)
  } catch (error) {
    passOver(error, unreadable)
    return
  }
  try {
    syncOpenNow(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function passOver(error: unknown, codes: ReadonlySet<string>): void {
  if (!codes.has(systemCodeOf(error) ?? '')) throw error
}
