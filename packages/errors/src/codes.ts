/**
 * Every code a {@link BakthatError} can carry, with what it means and the exit status it gives a command.
 *
 * The list is closed: a code is never renamed or given another meaning, and a new one is a minor version of this package.
 */
export const errorCodes = {
  /** An argument, option or path that the caller gave cannot be used as it is. */
  INVALID_INPUT: { exitCode: 2, meaning: 'an argument or option cannot be used as given' },
  /** The configuration file or object is malformed; the message lists every mistake. */
  INVALID_CONFIG: { exitCode: 2, meaning: 'the configuration has mistakes' },
  /** No backup or blob of that name. */
  NOT_FOUND: { exitCode: 4, meaning: 'nothing matched' },
  /** Something is in the way that is never replaced unasked. */
  ALREADY_EXISTS: { exitCode: 1, meaning: 'something is in the way and was not replaced' },
  /** The passphrase or identity does not open this backup, or none was given. */
  WRONG_KEY: { exitCode: 5, meaning: 'wrong or missing passphrase or identity' },
  /** Stored bytes are not what was stored: truncated, altered, or malformed. */
  INTEGRITY: { exitCode: 1, meaning: 'stored data is damaged or truncated' },
  /** An archive asks for something that a restore must not do: escape the target, exceed a limit. */
  UNSAFE_ARCHIVE: { exitCode: 1, meaning: 'the archive asks for something unsafe' },
  /** A format, algorithm or feature that this build or platform does not have. */
  UNSUPPORTED: { exitCode: 1, meaning: 'not supported here' },
  /** A blob lies in cold storage and nobody has asked for it, or its thawed copy is gone again; asking costs money. */
  COLD: { exitCode: 1, meaning: 'in cold storage, and not asked for' },
  /** The store keeps a blob until a day that has not come, and removes it for nobody. */
  LOCKED: { exitCode: 1, meaning: 'locked against removal' },
  /** The operating system or the store refused access. */
  PERMISSION_DENIED: { exitCode: 1, meaning: 'access was refused' },
  /** A disk or a quota is full. Nothing half-written was kept. */
  NO_SPACE: { exitCode: 1, meaning: 'no space left' },
  /** The store, or the device of a file, cannot be reached, fails, or asks to slow down; trying again later may work. */
  UNAVAILABLE: { exitCode: 1, meaning: 'the store cannot be reached' },
  /** The catalog cannot be opened: damaged, locked for too long, or written by a newer version. */
  CATALOG: { exitCode: 1, meaning: 'the catalog cannot be used' },
  /** A handler of an event, such as a plugin's, did not let the action happen. Nothing was begun. */
  REFUSED: { exitCode: 1, meaning: 'a plugin did not let it happen' },
  /** A command whose output was wanted failed, or could not be started. */
  COMMAND_FAILED: { exitCode: 1, meaning: 'a command that was run failed' },
  /** A retrieval from cold storage is under way; run the same call again later. */
  PENDING: { exitCode: 75, meaning: 'a retrieval is under way, try again later' },
  /** The caller asked to stop (an `AbortSignal`, or SIGINT). What was begun has been undone. */
  INTERRUPTED: { exitCode: 130, meaning: 'interrupted' },
} as const satisfies Record<string, { exitCode: number; meaning: string }>

/** One of {@link errorCodes}. */
export type ErrorCode = keyof typeof errorCodes

/**
 * The exit statuses of every Bakthat command: the one table that `--help` and the documentation print.
 * 143 replaces 130 where the signal was SIGTERM, and 129 where it was SIGHUP: the terminal was closed.
 */
export const exitCodes = {
  0: 'done',
  1: 'failed',
  2: 'usage: an argument, option or the configuration is wrong',
  3: 'done, but some items failed (they are listed)',
  4: 'nothing matched',
  5: 'wrong or missing passphrase or identity',
  75: 'pending: a retrieval from cold storage is under way, run the same command later',
  130: 'interrupted (143 by SIGTERM, 129 by SIGHUP)',
} as const

/** The exit status for an error code. */
export function exitCodeOf(code: ErrorCode): number {
  return errorCodes[code].exitCode
}
