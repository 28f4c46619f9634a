import { BakthatError, isBakthatError, systemCodeOf, unavailableOf } from '@bakthat/errors'

/** What a file system's error means for a restore, `what` being what it happened to. Anything else is given back as it is. */
export function translateRestoreError(error: unknown, what: string): unknown {
  if (isBakthatError(error)) return error
  const code = systemCodeOf(error)
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new BakthatError('NO_SPACE', `no space left for ${what}`, {
        hint: 'make room, or restore elsewhere with --to',
        cause: error,
      })
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new BakthatError('PERMISSION_DENIED', `not allowed to write ${what} (${code})`, {
        hint: 'restore elsewhere with --to, or as another user',
        cause: error,
      })
    case 'EBUSY':
    case 'EXDEV':
    case 'ENOTEMPTY':
    case 'EEXIST':
    case 'ENOTDIR':
      return new BakthatError('ALREADY_EXISTS', `something in ${what} is in the way and cannot be replaced (${code})`, {
        hint: 'restore elsewhere with --to; a file system that is mounted there would have to be unmounted',
        cause: error,
      })
    case 'ENOENT':
      return new BakthatError('UNAVAILABLE', `what the restore prepared for ${what} was removed meanwhile`, {
        hint: 'something else tidies up there: keep it away and try again',
        cause: error,
      })
    case 'ELOOP':
      return new BakthatError('INVALID_INPUT', `${what} is a loop of symbolic links`, {
        hint: 'restore elsewhere with --to',
        cause: error,
      })
    case 'ENAMETOOLONG':
    case 'EILSEQ':
    case 'EINVAL':
    case 'EFBIG':
    case 'EMLINK':
    case 'ENOTSUP':
      return new BakthatError('UNSUPPORTED', `this file system cannot hold ${what} (${code})`, {
        hint: 'restore to another file system',
        cause: error,
      })
    default:
      return unavailableOf(error, what) ?? error
  }
}
