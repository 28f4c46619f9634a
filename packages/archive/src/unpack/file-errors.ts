import { BakthatError, isBakthatError } from '@bakthat/errors'

/** What a system error means for a restore; anything else is given back as it is. */
export function translateRestoreError(error: unknown, target: string): unknown {
  if (isBakthatError(error)) return error
  switch (codeOf(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new BakthatError('NO_SPACE', `no space left to restore into ${target}`, {
        hint: 'make room, or restore elsewhere with --to',
        cause: error,
      })
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new BakthatError('PERMISSION_DENIED', `not allowed to write to ${target}`, {
        hint: 'restore elsewhere with --to, or as another user',
        cause: error,
      })
    case 'EBUSY':
    case 'ENOTEMPTY':
    case 'EEXIST':
      return new BakthatError('ALREADY_EXISTS', `something in ${target} is in the way and cannot be replaced`, {
        hint: 'restore elsewhere with --to; a file system that is mounted there would have to be unmounted',
        cause: error,
      })
    case 'ENAMETOOLONG':
    case 'EILSEQ':
      return new BakthatError('UNSUPPORTED', `the file system of ${target} cannot hold a name of this archive`, {
        hint: 'restore to another file system',
        cause: error,
      })
    default:
      return error
  }
}

/** The code of a Node system error, if it is one. */
export function codeOf(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined
}
