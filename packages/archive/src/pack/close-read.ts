import { closeSync } from 'node:fs'
import { systemCodeOf } from '@bakthat/errors'

/** Closes what was only read. What the file system has to complain of then changes nothing about that, and it is closed anyway. */
export function closeRead(descriptor: number): void {
  try {
    closeSync(descriptor)
  } catch (error) {
    const code = systemCodeOf(error)
    if (code === undefined || code === 'EBADF') throw error
  }
}
