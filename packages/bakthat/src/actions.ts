import type * as Core from '@bakthat/core'
import type {
  Bakthat,
  BackupOptions,
  OpenOptions,
  RemoveOptions,
  RestoreOptions,
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
