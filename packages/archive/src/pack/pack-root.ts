import { accessSync, constants, lstatSync } from 'node:fs'
import { resolve } from 'node:path'
import { BakthatError, systemCodeOf, unavailableOf } from '@bakthat/errors'
import { toByteString, toFileSystemPath } from '../paths/byte-string.js'
import { escapePath } from '../paths/escape-path.js'

/** The absolute path to pack, as a byte string without a trailing slash. */
export function normalizeRoot(path: string | Uint8Array): string {
  // Resolved, the empty one would be the current directory.
  const bytes = toByteString(typeof path === 'string' && path !== '' ? resolve(path) : path)
  if (!bytes.startsWith('/') || bytes.includes('\0')) {
    throw new BakthatError('INVALID_INPUT', `not an absolute path: "${escapePath(bytes)}"`, {
      hint: 'name a file or directory',
    })
  }
  return bytes.replace(/\/+$/, '')
}

/** The archive's one top-level entry: what was asked for, else the path's last component, else (for the root directory) `root`. */
export function topLevelName(root: string, name: string | undefined): string {
  if (name === undefined) return root.slice(root.lastIndexOf('/') + 1) || 'root'
  const bytes = toByteString(name)
  if (bytes === '' || bytes === '.' || bytes === '..' || /[/\0]/.test(bytes)) {
    throw new BakthatError('INVALID_INPUT', `not a name for an archive's top-level entry: ${escapePath(bytes)}`, {
      hint: 'give a name without slashes',
    })
  }
  return bytes
}

/** Throws `INVALID_INPUT` for what cannot be packed, `PERMISSION_DENIED` for what may not be read, `UNAVAILABLE` for what cannot be now. */
export function checkRoot(root: string): void {
  const path = toFileSystemPath(root === '' ? '/' : root)
  try {
    const stats = lstatSync(path)
    if (stats.isSymbolicLink())
      throw refusal(root, 'is a symbolic link', 'name the file or directory that it points to')
    if (stats.isSocket()) throw refusal(root, 'is a socket', 'name a file or directory')
    if (stats.isFile() || stats.isDirectory()) accessSync(path, constants.R_OK)
  } catch (error) {
    throw translateRootError(error, root)
  }
}

/** The error that people see when the path itself is the trouble. Anything else is given back as it is. */
export function translateRootError(error: unknown, root: string): unknown {
  switch (systemCodeOf(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new BakthatError('INVALID_INPUT', `no such file or directory: ${escapePath(root)}`, {
        hint: 'check the path',
        cause: error,
      })
    case 'ELOOP':
    case 'ENAMETOOLONG':
      return new BakthatError('INVALID_INPUT', `${escapePath(root)} cannot be a path`, {
        hint: 'check the path',
        cause: error,
      })
    case 'EACCES':
    case 'EPERM':
      return new BakthatError('PERMISSION_DENIED', `not allowed to read ${escapePath(root)}`, {
        hint: 'run as a user who may read it',
        cause: error,
      })
    default:
      return unavailableOf(error, escapePath(root)) ?? error
  }
}

function refusal(root: string, what: string, hint: string): BakthatError {
  return new BakthatError('INVALID_INPUT', `${escapePath(root)} ${what}`, { hint })
}
