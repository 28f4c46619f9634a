import { BakthatError, type ErrorCode, systemCodeOf, unavailableOf } from '@bakthat/errors'

/** What is told of a failure. */
export type Meaning = readonly [code: ErrorCode, what: string, hint: string]

/** What to do with a catalog that is of no use any more. */
export const rebuildHint = 'move it aside, its -wal and -shm files too, and rebuild it from the storage (bakthat sync)'
const denied: Meaning = [
  'PERMISSION_DENIED',
  'may not be accessed',
  'check the owner and the mode of it and its directory',
]
/** Of a file that the system lets nobody like us write. */
export const readOnly: Meaning = [
  'PERMISSION_DENIED',
  'may not be written',
  'check the owner and the mode of it and its directory',
]
/** Of one for whose changes there is no room. */
export const full: Meaning = [
  'NO_SPACE',
  'cannot grow: the disk is full',
  'free some space; or set BAKTHAT_DATABASE to a path on another disk, run bakthat sync, and then the same command',
]
/** Of one that its own program has closed. */
export const closed: Meaning = ['CATALOG', 'was closed', 'close it once all calls have ended']
const unusable: Meaning = ['CATALOG', 'cannot be used as a file', 'name another file as the database']
const locked: Meaning = ['CATALOG', 'stays locked by another process', 'try again when the other process is done']
const damaged: Meaning = ['CATALOG', 'is damaged', rebuildHint]
const failed: Meaning = ['CATALOG', 'cannot be read or written', `check the disk; if it is well, ${rebuildHint}`]

const notBuilt: Meaning = [
  'UNSUPPORTED',
  'cannot be opened: the native module better-sqlite3 was not built, or was built for another Node',
  'install Bakthat again with this Node; for one before 22.14 pnpm wants --allow-build=better-sqlite3',
]

/** By the system's code or, for SQLite's, by its beginning: `SQLITE_IOERR_SHMSIZE` is told before `SQLITE_IOERR`. */
const meanings: readonly (readonly [string, Meaning])[] = [
  ['EACCES', denied],
  ['EPERM', denied],
  ['EROFS', denied],
  ['ENOSPC', full],
  ['EDQUOT', full],
  ['EISDIR', unusable],
  ['ENOTDIR', unusable],
  ['EEXIST', unusable],
  ['ELOOP', unusable],
  ['ENOENT', unusable],
  ['ENAMETOOLONG', unusable],
  ['EIO', failed],
  ['ERR_DLOPEN_FAILED', notBuilt],
  ['MODULE_NOT_FOUND', notBuilt],
  ['SQLITE_BUSY', locked],
  ['SQLITE_LOCKED', locked],
  ['SQLITE_FULL', full],
  ['SQLITE_IOERR_SHMSIZE', full],
  // Where the system lets us, it is a fault of the disk.
  ['SQLITE_READONLY', failed],
  ['SQLITE_PERM', denied],
  ['SQLITE_CORRUPT', damaged],
  ['SQLITE_NOTADB', ['CATALOG', 'is not a database', rebuildHint]],
  ['SQLITE_ERROR', ['CATALOG', 'does not have the tables of a catalog', rebuildHint]],
  ['SQLITE_CANTOPEN', failed],
  ['SQLITE_IOERR', failed],
]

/** Runs something on the database and throws what a user can be told of its failure. */
export function told<T>(path: string, call: () => T): T {
  try {
    return call()
  } catch (error) {
    throw explained(error, path)
  }
}

/** What a user is told of a failure. */
export function failure(path: string, [code, what, hint]: Meaning, cause?: unknown): BakthatError {
  return new BakthatError(code, `the catalog ${path} ${what}`, { hint, cause })
}

/** Whether something failed for want of space. */
export function isFull(error: unknown): boolean {
  return meaningOf(error) === full
}

function explained(error: unknown, path: string): unknown {
  const meaning = meaningOf(error)
  return meaning === undefined ? (unavailableOf(error, `the catalog ${path}`) ?? error) : failure(path, meaning, error)
}

function meaningOf(error: unknown): Meaning | undefined {
  const code = systemCodeOf(error) ?? systemCodeOf(causeOf(error))
  const known = meanings.find(([start]) => code === start || code?.startsWith(`${start}_`))?.[1]
  return known ?? (isMissingModule(error) ? notBuilt : undefined)
}

/** What looks for native modules says by no code that it found none, but lists where it looked. */
function isMissingModule(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'tries' in error
}

/** Drizzle wraps some of SQLite's errors. */
function causeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'cause' in error ? error.cause : undefined
}
