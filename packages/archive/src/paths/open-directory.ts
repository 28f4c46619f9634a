import { constants } from 'node:fs'

/** Opens a directory itself, and nothing that a link leads to. */
export const directoryFlags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW

/** Where Linux shows what is open, by its descriptor: what is below an open directory is reached there, as with openat(2). */
export const descriptors = '/proc/self/fd'
