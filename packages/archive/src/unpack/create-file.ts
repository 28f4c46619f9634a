import { openSync } from 'node:fs'

/**
 * Opens a file that must be new: a symbolic link in its place is in the way, for `O_EXCL` follows none
 * (https://pubs.opengroup.org/onlinepubs/9799919799/functions/open.html). Private until it gets its own mode, where it is not
 * made with that.
 */
export function createFile(path: string | Buffer, mode = 0o600): number {
  return openSync(path, 'wx', mode)
}
