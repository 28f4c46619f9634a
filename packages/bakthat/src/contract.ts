// Programs whose own lib is older, and that have no types of Node, know what `using` takes by this alone.
/// <reference lib="esnext.disposable" preserve="true" />

import type { ArchiveEntry } from '@bakthat/catalog'
import type { Conf } from '@bakthat/config'
import type * as core from '@bakthat/core'
import type { Events, Log } from '@bakthat/events'
import type { Catalog } from '@bakthat/plugin-sdk'
import type { PluginState } from './plugins/contract.js'
import type { ContainerMade, Finding, Role } from '@bakthat/storage'

/** Which settings apply. */
export interface OpenOptions {
  /** The documented configuration object, used instead of any file. */
  readonly conf?: Conf
  /** The configuration file. Default: `BAKTHAT_CONFIG`, else `~/.bakthat.yml` where there is one. */
  readonly config?: string
  /** Default: `default`. */
  readonly profile?: string
  /** `false` opens without the plugins of the profile. */
  readonly plugins?: boolean
  /** Where plugins and handlers of events say what they have to say. Default: their failures are warnings of the process. */
  readonly log?: Log
}

/** A passphrase, or how to ask for one; `undefined` when nobody can be asked. */
export type Password = string | (() => Promise<string | undefined>)

/** How to encrypt. */
export interface EncryptionOptions {
  /** age recipients. Default: the profile's. Not together with `password`. */
  readonly recipients?: readonly string[]
  /**
   * A passphrase to encrypt with. Default: what the profile says. An empty one is `INVALID_INPUT`. A function is asked only
   * where the profile says nothing; where it answers with nothing, the backup is not encrypted.
   */
  readonly password?: Password
}

/** What to decrypt with. */
export interface DecryptionOptions {
  /** `AGE-SECRET-KEY-1…` strings, tried beside the profile's identity files. */
  readonly identities?: readonly string[]
  readonly password?: Password
}

/** Where an action works. */
interface AtDestination {
  /** `local`, `s3`, `glacier`, or what a plugin added. Default: the profile's. */
  readonly destination?: string
}

export interface BackupOptions
  extends EncryptionOptions, Omit<core.BackupOptions, 'encryption' | 'compression'>, AtDestination {
  /** Of S3, such as `DEEP_ARCHIVE`. Default: the profile's. */
  readonly storageClass?: string
  /** Default: the profile's. A level alone is one of the profile's format. */
  readonly compression?: Partial<NonNullable<core.BackupOptions['compression']>>
  /** Finds them once the backup has begun, so that what it rejects with is told by `on_error`, too. It wins over those given. */
  readonly keys?: () => Promise<EncryptionOptions>
}

export interface RestoreOptions extends DecryptionOptions, Omit<core.RestoreOptions, 'keys'>, AtDestination {
  /** Finds them before anything is asked for. What it rejects with is told by `on_error`, too. It wins over those given. */
  readonly keys?: () => Promise<DecryptionOptions>
}

export interface ReadOptions extends DecryptionOptions, Omit<core.ReadOptions, 'keys'>, AtDestination {}

export interface EntriesOptions extends DecryptionOptions, Omit<core.EntriesOptions, 'keys'>, AtDestination {}

export interface DiffOptions extends DecryptionOptions, Omit<core.DiffOptions, 'keys'>, AtDestination {}

export interface FindOptions extends DecryptionOptions, Omit<core.FindOptions, 'keys'>, AtDestination {}

export interface ResolveOptions extends Pick<core.ActionOptions, 'onNotice'>, AtDestination {}

export interface RemoveOptions extends core.RemoveOptions, AtDestination {}

export interface ShareOptions extends core.ShareOptions, AtDestination {}

export interface CleanupOptions extends core.CleanupOptions, AtDestination {}

export interface CreateOptions extends Pick<core.ActionOptions, 'signal'>, AtDestination {}

export interface DoctorOptions extends Pick<core.ActionOptions, 'signal'>, AtDestination {
  /** Told of each finding as it is made. */
  readonly onFinding?: (finding: Finding) => void
}

export type SurveyOptions = core.SurveyOptions & AtDestination

export interface SyncOptions extends core.ActionOptions, AtDestination {}

/** What somebody needs who has lost this machine, but for credentials and keys: it holds no secret. */
export interface Recovery extends core.RecoveryByHand {
  readonly profile: string
  /** What the profile of another machine has to say in order to find the destination; of one that a plugin added only its name. */
  readonly conf: Conf
}

export interface VerifyOptions extends DecryptionOptions, Omit<core.VerifyOptions, 'keys'>, AtDestination {}

export interface RotateOptions extends core.ThinOptions, AtDestination {
  /**
   * Rules in the form of the profile's key `rotation`, instead of the profile's; with none of them, such as `{}`, the profile's count.
   * `first_week_day`, `time_zone` and `policy` are the profile's where these do not say. Mistakes are `INVALID_CONFIG`.
   */
  readonly rotation?: Conf['rotation']
}

export interface SimulateOptions extends core.SimulateOptions, Pick<RotateOptions, 'rotation'> {}

export interface DeleteOlderThanOptions extends core.DeleteOlderThanOptions, AtDestination {}

export interface ShowOptions extends core.ShowQuery {
  /** Only this destination. Default: every one that the catalog knows, or that of the profile where `open` was asked for one by name. */
  readonly destination?: string
}

export interface MigrateOptions extends core.MigrateOptions {
  /** Default: `glacier`. */
  readonly from?: string
  /** Default: `s3`. */
  readonly to?: string
  /** How the copies are kept: `DEEP_ARCHIVE`. Default: the profile's. */
  readonly storageClass?: string
}

/** One archive of a vault. */
export interface GlacierArchive {
  readonly archiveId: string
  /** The stored name that its description holds; of archives of other programs, the description or the id. */
  readonly filename: string
  readonly size: number
  readonly storedAt?: Date
}

/** What a vault said that it holds. */
export interface GlacierInventory {
  /** When it was taken: about a day ago, as a rule. */
  readonly asOf?: Date
  readonly archives: readonly GlacierArchive[]
}

/** An opened Bakthat: one profile, one catalog, its backends. Close it when done; `await using` does. */
export interface Bakthat extends AsyncDisposable {
  /** What the user should know of the configuration, and nothing has to fail for: sentences without a full stop. */
  readonly notices: readonly string[]
  /** Told of the actions of this instance. */
  readonly events: Events
  /** The plugins of the profile, and what became of each: one that failed is left out, and told to the log. */
  readonly plugins: readonly PluginState[]
  /** The catalog for reading, with the methods that plugins gave it. */
  catalog(): Promise<Catalog>
  /** Of a file or directory, or of a stream, which needs a `name` and is stored without touching the disk. */
  backup(source: string | core.ByteStream, options?: BackupOptions): Promise<core.BackupResult>
  /** What a backup of that file or directory would hold and leave out. Nothing is stored, announced or asked of the destination, and no contents are read. */
  survey(path: string, options?: SurveyOptions): Promise<core.SurveyResult>
  /** The newest complete backup of that exact name, or the one of that stored name. */
  restore(name: string, options?: RestoreOptions): Promise<core.RestoreResult>
  /** The same from an archive file that lies anywhere, without any catalog. */
  restoreFile(path: string, options?: RestoreOptions): Promise<core.RestoreResult>
  /** What a backup of that name holds, as a stream: what was backed up as one, or the tar of files. Only one that ended well is whole. */
  read(name: string, options?: ReadOptions): AsyncIterable<Uint8Array>
  /**
   * What a backup of that name holds, entry by entry: from its index at the cost of a request, and where it has none from the whole
   * archive. With `only`, what lies at those paths and below.
   */
  entries(name: string, options?: EntriesOptions): AsyncIterable<core.BackupEntry>
  /**
   * Which backups hold what the patterns mean, each as one of a `.gitignore` over the paths of `entries`, and in which states. Of a
   * directory only itself. A request for each backup, for its index; those without one are told as `unsearched`.
   */
  find(patterns: readonly string[], options?: FindOptions): Promise<core.FindResult>
  /**
   * How a backup differs from the one before it of the same name, or from that of `since`, told by their indexes: contents are not
   * compared, but types, modes, sizes, times and targets. The differences are read while they are asked for: not after `close`.
   */
  diff(name: string, options?: DiffOptions): Promise<core.DiffResult>
  show(query?: ShowOptions): Promise<readonly core.Backup[]>
  /** Removes the backup of that stored name, or the newest of that exact name, from storage and then from the catalog's listing; one that the store has locked, later. */
  remove(name: string, options?: RemoveOptions): Promise<core.RemoveResult>
  /**
   * Keeps a backup that was to be removed on a later day, found as by `remove`. Idempotent, and no request. A later rotation may
   * choose it again.
   */
  cancelRemoval(name: string, options?: AtDestination): Promise<core.Backup>
  /**
   * Removes the backups of exactly that name that the rotation does not keep; the newest complete one always stays. What
   * could not be removed is in the result, not an error. With `dryRun` the same plan, and nothing is touched.
   */
  rotate(name: string, options?: RotateOptions): Promise<core.RotateResult>
  /** The same for every name in the destination. */
  rotateAll(options?: RotateOptions): Promise<readonly core.RotateResult[]>
  /** What the rotation would have kept by now of backups that nobody made. Nothing is read or touched. */
  simulateRotation(options: SimulateOptions): Promise<core.SimulateResult>
  /**
   * Removes the backups of exactly that name that are older than an interval such as `30D` or `3M2D8h20m5s` (`s m h D W M Y`);
   * the newest complete one stays unless `allowEmpty`. An interval that is empty or malformed is `INVALID_INPUT`.
   */
  deleteOlderThan(name: string, interval: string, options?: DeleteOlderThanOptions): Promise<core.DeleteOlderThanResult>
  /** Which backup `restore` or `remove` of this name would take; `NOT_FOUND` if none. */
  resolve(name: string, options?: ResolveOptions): Promise<core.Backup>
  /** Reads backups back through; all of them without a name. Damage is a result, not an error. */
  verify(name?: string, options?: VerifyOptions): Promise<readonly core.VerifyResult[]>
  /** Makes the catalog tell what a destination holds: for a new machine, a lost catalog, or backups of other hosts. */
  sync(options?: SyncOptions): Promise<core.SyncResult>
  /** How to get the backups of a destination back on another machine, with this program and without it. No request, and no secret in it. */
  recovery(options?: AtDestination): Promise<Recovery>
  /** Every retrieval that the catalog remembers, of all destinations of the profile, as it stands now: one small request each. Begins none. */
  jobs(options?: Pick<core.ActionOptions, 'signal'>): Promise<readonly core.JobState[]>
  /** A link that lets anyone read the stored bytes of a backup for a while. `COLD` where they cannot be read now, `UNSUPPORTED` where the destination has no links. */
  share(name: string, options?: ShareOptions): Promise<core.ShareResult>
  /** Removes what killed processes left, and what was to be deleted once its lock had ended. */
  cleanup(options?: CleanupOptions): Promise<readonly core.CleanupItem[]>
  /** Makes the bucket or directory of a destination; nothing else does. */
  create(options?: CreateOptions): Promise<ContainerMade>
  /**
   * Tries a destination out in a few requests: what its store finds out about itself, else storing a few bytes and removing
   * them. What does not work is a finding of the verdict `problem`. A directory that had to be made for it is removed again.
   */
  tryOut(options?: CreateOptions): Promise<readonly Finding[]>
  /**
   * Finds out what the store of a destination honours: what it says of itself, then the storage contract that every backend is
   * held to, on some hundred small blobs under a throw-away prefix, which are removed again, and so is a directory that was not
   * there. One that is empty, or not there, though the catalog knows backups in it, is a `problem`, and nothing is tried in it.
   */
  doctor(options?: DoctorOptions): Promise<readonly Finding[]>
  /** The least that credentials of that role must be allowed, in the store's own language. */
  policy(role: Role, options?: AtDestination): Promise<object>
  /** Copies the backups of one destination into another, call by call where they are cold; deletes nothing unasked. */
  migrate(options?: MigrateOptions): Promise<core.MigrateResult>
  /** Starts the inventory job of the profile's vault, and `PENDING`, or reads what it has found. */
  showGlacierInventory(options?: Pick<core.ActionOptions, 'signal'>): Promise<GlacierInventory>
  /** Which archive of the vault holds which stored name, as far as the catalog knows. No request. */
  showLocalGlacierInventory(): Promise<readonly ArchiveEntry[]>
  /** Writes that into the profile's bucket, as `bakthat_glacier_inventory`. It happens by itself after each change of the vault. */
  backupGlacierInventory(options?: Pick<core.ActionOptions, 'signal'>): Promise<readonly ArchiveEntry[]>
  /** Takes what lies there into the catalog, also what the Python tool wrote; gives what was new. */
  restoreGlacierInventory(options?: Pick<core.ActionOptions, 'signal'>): Promise<readonly ArchiveEntry[]>
  /**
   * Deactivates the plugins, and closes what was opened; a destination that cannot be closed is told to the log. Calling it twice is a
   * success. An action that is still under way fails by it: wait for it first, or stop it by its signal.
   */
  close(): Promise<void>
}
