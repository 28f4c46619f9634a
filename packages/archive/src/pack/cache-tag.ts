import { openSync, readSync } from 'node:fs'
import { toFileSystemPath } from '../paths/byte-string.js'
import { closeRead } from './close-read.js'
import { openFlags } from './regular-file.js'

export const cacheTagName = 'CACHEDIR.TAG'

/** What the tag must begin with (bford.info/cachedir). */
const signature = 'Signature: 8a477f597d28d172789f06886806bc55'

/** Whether the file is a valid cache directory tag. One that cannot be read is none. */
export function isCacheTag(path: string): boolean {
  try {
    const descriptor = openSync(toFileSystemPath(path), openFlags)
    try {
      const start = Buffer.alloc(signature.length)
      readSync(descriptor, start, 0, start.length, 0)
      return start.toString('latin1') === signature
    } finally {
      closeRead(descriptor)
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall !== undefined) return false
    throw error
  }
}
