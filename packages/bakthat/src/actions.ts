import type { ArchiveEntry } from '@bakthat/catalog'
import type * as Core from '@bakthat/core'
import type { ContainerMade, Finding, Role } from '@bakthat/storage'
import type {
  Bakthat,
  BackupOptions,
  CleanupOptions,
  CreateOptions,
  DeleteOlderThanOptions,
  DoctorOptions,
  GlacierInventory,
  MigrateOptions,
  OpenOptions,
  Recovery,
  RemoveOptions,
  RestoreOptions,
  RotateOptions,
  ShareOptions,
  ShowOptions,
  SurveyOptions,
  SyncOptions,
  VerifyOptions,
} from './contract.js'
import { open } from './open.js'

/** Backs a file, a directory or a stream up, as {@link Bakthat.backup} does, with the profile and catalog that the options name. */
export function backup(
  source: string | Core.ByteStream,
  options: BackupOptions & OpenOptions = {},
): Promise<Core.BackupResult> {
  return withBakthat(options, (bakthat) => bakthat.backup(source, options))
}

/** Finds out what a backup would hold and leave out, as {@link Bakthat.survey} does. */
export function survey(path: string, options: SurveyOptions & OpenOptions = {}): Promise<Core.SurveyResult> {
  return withBakthat(options, (bakthat) => bakthat.survey(path, options))
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

/** The retrievals from cold storage that were asked for, as {@link Bakthat.jobs} tells them. */
export function jobs(
  options: Pick<Core.ActionOptions, 'signal'> & OpenOptions = {},
): Promise<readonly Core.JobState[]> {
  return withBakthat(options, (bakthat) => bakthat.jobs(options))
}

/** A link to a backup for others, as {@link Bakthat.share} gives it. */
export function share(name: string, options: ShareOptions & OpenOptions = {}): Promise<Core.ShareResult> {
  return withBakthat(options, (bakthat) => bakthat.share(name, options))
}

/** Removes what killed processes left, as {@link Bakthat.cleanup} does. */
export function cleanup(options: CleanupOptions & OpenOptions = {}): Promise<readonly Core.CleanupItem[]> {
  return withBakthat(options, (bakthat) => bakthat.cleanup(options))
}

/** Makes the bucket or directory of a destination, as {@link Bakthat.create} does. */
export function create(options: CreateOptions & OpenOptions = {}): Promise<ContainerMade> {
  return withBakthat(options, (bakthat) => bakthat.create(options))
}

/** What the store of a destination honours, as {@link Bakthat.doctor} finds out. */
export function doctor(options: DoctorOptions & OpenOptions = {}): Promise<readonly Finding[]> {
  return withBakthat(options, (bakthat) => bakthat.doctor(options))
}

/** The least that credentials of a role must be allowed, as {@link Bakthat.policy} tells it. */
export function policy(role: Role, options: { readonly destination?: string } & OpenOptions = {}): Promise<object> {
  return withBakthat(options, (bakthat) => bakthat.policy(role, options))
}

/** How to get backups back on another machine, as {@link Bakthat.recovery} tells it. */
export function recovery(options: { readonly destination?: string } & OpenOptions = {}): Promise<Recovery> {
  return withBakthat(options, (bakthat) => bakthat.recovery(options))
}

/** Copies backups from one destination into another, as {@link Bakthat.migrate} does. */
export function migrate(options: MigrateOptions & OpenOptions = {}): Promise<Core.MigrateResult> {
  return withBakthat(options, (bakthat) => bakthat.migrate(options))
}

/** What the vault of the profile holds, as {@link Bakthat.showGlacierInventory} says it. */
export function showGlacierInventory(options: SignalOptions = {}): Promise<GlacierInventory> {
  return withBakthat(options, (bakthat) => bakthat.showGlacierInventory(options))
}

/** What the catalog knows of the vault, as {@link Bakthat.showLocalGlacierInventory} says it. */
export function showLocalGlacierInventory(options: OpenOptions = {}): Promise<readonly ArchiveEntry[]> {
  return withBakthat(options, (bakthat) => bakthat.showLocalGlacierInventory())
}

/** Writes that into the profile's bucket, as {@link Bakthat.backupGlacierInventory} does. */
export function backupGlacierInventory(options: SignalOptions = {}): Promise<readonly ArchiveEntry[]> {
  return withBakthat(options, (bakthat) => bakthat.backupGlacierInventory(options))
}

/** Takes what lies there into the catalog, as {@link Bakthat.restoreGlacierInventory} does. */
export function restoreGlacierInventory(options: SignalOptions = {}): Promise<readonly ArchiveEntry[]> {
  return withBakthat(options, (bakthat) => bakthat.restoreGlacierInventory(options))
}

type SignalOptions = Pick<Core.ActionOptions, 'signal'> & OpenOptions

async function withBakthat<T>(options: OpenOptions, act: (bakthat: Bakthat) => Promise<T>): Promise<T> {
  const bakthat = await open(options)
  try {
    return await act(bakthat)
  } finally {
    await bakthat.close()
  }
}
