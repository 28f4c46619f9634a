import { constants, openSync } from 'node:fs'

/** For files that must be new. */
const createFlags = constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW | constants.O_WRONLY

/** Opens a file that must be new. Private until it gets its own mode, where it is not made with that. */
export function createFile(path: string | Buffer, mode = 0o600): number {
  return openSync(path, createFlags, mode)
}
