import type * as Core from '@bakthat/core'
import type {
  Bakthat,
  BackupOptions,
  DeleteOlderThanOptions,
  OpenOptions,
  RemoveOptions,
  RestoreOptions,
  RotateOptions,
  ShowOptions,
  SyncOptions,
  VerifyOptions,
} from './contract.js'
import { open } from './open.js'

/** Backs a file or directory up, as {@link Bakthat.backup} does, with the profile and catalog that the options name. */
export function backup(path: string, options: BackupOptions & OpenOptions = {}): Promise<Core.BackupResult> {
  return withBakthat(options, (bakthat) => bakthat.backup(path, options))
}

/** Restores a backup, as {@link Bakthat.restore} does. */
export function restore(name: string, options: RestoreOptions & OpenOptions = {}): Promise<Core.RestoreResult> {
  return withBakthat(options, (bakthat) => bakthat.restore(name, options))
}

/** Restores an archive file, as {@link Bakthat.restoreFile} does. */
export function restoreFile(path: string, options: RestoreOptions & OpenOptions = {}): Promise<Core.RestoreResult> {
  return withBakthat(options, (bakthat) => bakthat.restoreFile(path, options))
}

/** The complete backups that match, oldest first. */
export function show(options: ShowOptions & OpenOptions = {}): Promise<readonly Core.Backup[]> {
  return withBakthat(options, (bakthat) => bakthat.show(options))
}

/** The same as {@link show}. */
export function ls(options: ShowOptions & OpenOptions = {}): Promise<readonly Core.Backup[]> {
  return show(options)
}

/** Removes a backup from storage and listing, as {@link Bakthat.remove} does. */
export function remove(name: string, options: RemoveOptions & OpenOptions = {}): Promise<Core.RemoveResult> {
  return withBakthat(options, (bakthat) => bakthat.remove(name, options))
}

/** Removes the backups of a name that the rotation does not keep, as {@link Bakthat.rotate} does. */
export function rotate(name: string, options: RotateOptions & OpenOptions = {}): Promise<Core.RotateResult> {
  return withBakthat(options, (bakthat) => bakthat.rotate(name, options))
}

/** The same as {@link rotate}. */
export function rotateBackups(name: string, options: RotateOptions & OpenOptions = {}): Promise<Core.RotateResult> {
  return rotate(name, options)
}

/** Rotates every name in a destination, as {@link Bakthat.rotateAll} does. */
export function rotateAll(options: RotateOptions & OpenOptions = {}): Promise<readonly Core.RotateResult[]> {
  return withBakthat(options, (bakthat) => bakthat.rotateAll(options))
}

/** Removes the backups of a name that are older than an interval, as {@link Bakthat.deleteOlderThan} does. */
export function deleteOlderThan(
  name: string,
  interval: string,
  options: DeleteOlderThanOptions & OpenOptions = {},
): Promise<Core.DeleteOlderThanResult> {
  return withBakthat(options, (bakthat) => bakthat.deleteOlderThan(name, interval, options))
}

/** Takes what a destination holds into the catalog, as {@link Bakthat.sync} does. */
export function sync(options: SyncOptions & OpenOptions = {}): Promise<Core.SyncResult> {
  return withBakthat(options, (bakthat) => bakthat.sync(options))
}

/** Reads backups back through, as {@link Bakthat.verify} does. */
export function verify(
  name?: string,
  options: VerifyOptions & OpenOptions = {},
): Promise<readonly Core.VerifyResult[]> {
  return withBakthat(options, (bakthat) => bakthat.verify(name, options))
}

async function withBakthat<T>(options: OpenOptions, act: (bakthat: Bakthat) => Promise<T>): Promise<T> {
  const bakthat = await open(options)
  try {
    return await act(bakthat)
  } finally {
    await bakthat.close()
  }
}
