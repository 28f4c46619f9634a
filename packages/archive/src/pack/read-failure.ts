import { systemCodeOf } from '@bakthat/errors'
import type { RawWarning } from './plan.js'

/** Errors that mean: what the walk saw is no longer there, or is now something else. */
const gone = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'EINVAL', 'ENXIO', 'ESTALE', 'ENODEV', 'EISDIR', 'EAGAIN'])

/** The warning for a system call on `path` that failed. Errors that are not the file system's are thrown again. */
export function readFailure(error: unknown, path: string): RawWarning {
  const { syscall } = error as NodeJS.ErrnoException
  const code = systemCodeOf(error)
  if (code === undefined || syscall === undefined) throw error
  if (gone.has(code)) return { code: 'vanished', path, message: 'gone or replaced before it was read' }
  return { code: 'unreadable', path, message: `cannot be read (${code})` }
}
