import type { ArchiveWarning, Compression, ExtractOptions, PackOptions, Survey } from '@bakthat/archive'
import type { BackupRow as Backup } from '@bakthat/catalog'
import type { DecryptionKeys, EncryptionKeys } from '@bakthat/crypto'
import type { RetrievalTier } from '@bakthat/storage'

/** What long actions tell while they run. */
export interface Progress {
  /** `flushing`: a restore is made, and waits for the disk to have it. */
  readonly phase:
    | 'surveying'
    | 'packing'
    | 'restoring'
    | 'flushing'
    | 'copying'
    | 'verifying'
    | 'removing'
    | 'listing'
    | 'searching'
    | 'syncing'
  /** The backup or path at work, escaped for people. */
  readonly current: string
  readonly files: number
  /** Bytes done, of contents (surveying: found; packing, restoring, flushing) or as stored (copying, verifying, removing, listing; searching: of what the indexes that were read tell of), or of manifests (syncing). */
  readonly bytes: number
  /** All the bytes there will be, as far as is known by now: of a backup, until all files were found, as many as the last one of that name had. */
  readonly bytesTotal?: number
}

export interface ActionOptions {
  /** Stops the action: it rejects with `INTERRUPTED` after undoing what it began. */
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: Progress) => void
  /** Sentences worth telling a person that are no failure: a directory was made, a destination inside the source was left out, the newest backup of a name is dated in the future. */
  readonly onNotice?: (notice: string) => void
}

/** What a stream of Node gives, or an asynchronous generator: bytes, or text to be stored as UTF-8. Read once. */
export type ByteStream = AsyncIterable<Uint8Array | string>

export interface BackupOptions
  extends ActionOptions, Pick<PackOptions, 'exclude' | 'excludeCaches' | 'oneFileSystem' | 'xattrs'> {
  /** The backup's name. Default: the last component of the path. A stream has none, and needs one. */
  readonly name?: string
  readonly tags?: readonly string[]
  /** Default: zstd. An input that is already a `.tgz` or `.tar.gz` file is stored as it is. */
  readonly compression?: Compression
  /** Without it the backup is not encrypted. A function is called once the source was found: it may ask a person. */
  readonly encryption?: EncryptionKeys | (() => Promise<EncryptionKeys | undefined>)
  /**
   * Makes no backup where the newest one of that name holds the same already, and gives that one: nothing was changed since, by
   * paths, types, modes, owners, sizes and times but those of directories, and tags, compression, `xattrs` and recipients are the
   * same; another passphrase is not noticed. It has to be whole, made with this option itself, not to be removed, locked still if
   * it ever was, and the store has to say at once that it has it. Costs a walk more, and reads no contents. Nothing is known of
   * what was changed within the two seconds before: a backup is made, and another next time. Of a stream, which is not known
   * before it is read, `INVALID_INPUT`. Default false.
   */
  readonly ifChanged?: boolean
  /** Whether a stream may be empty. Default false: what should have filled it has more likely failed. */
  readonly allowEmpty?: boolean
  /** A file of patterns. Default: `.bakthatexclude`, else `.gitignore`, at the root of the tree. */
  readonly excludeFile?: string
  /**
   * About how many bytes will be stored, at least 0: a hint for stores that plan by it. Known for a single file; needed for a tree
   * only where it may come to more than some terabytes.
   */
  readonly estimatedSize?: number
}

export type SurveyOptions = ActionOptions &
  Pick<BackupOptions, 'name' | 'exclude' | 'excludeFile' | 'excludeCaches' | 'oneFileSystem'>

/** What a backup would hold. */
export interface SurveyResult extends Survey {
  /** What the backup would be called. */
  readonly name: string
  /** The file of patterns that had a say in what is left out. */
  readonly excludeFile?: string
}

/** A backup as the catalog knows it. */
export type { Backup }

/** A finished backup: its row, and what happened on the way. */
export interface BackupResult extends Backup {
  readonly entries: number
  readonly files: number
  readonly bytesRead: number
  readonly durationMs: number
  readonly warnings: readonly ArchiveWarning[]
  /** No backup was made: this is the newest one, and nothing was changed since. See `ifChanged`. */
  readonly unchanged?: true
}

/** How a backup is brought back from cold storage. One that is not cold needs none of it. */
export interface ThawOptions {
  /** Default: as the destination is set up, else `standard`. */
  readonly tier?: RetrievalTier
  /** For how many days a copy is kept readable. Default: as the destination is set up. */
  readonly days?: number
  /** Ask again, and pay again, where what was asked for lapsed before it was fetched. Otherwise that is `COLD`. */
  readonly requestAgain?: boolean
  /** Wait until the store has it, instead of rejecting with `PENDING`. */
  readonly wait?: boolean
  /** Told once for each retrieval that is waited for. */
  readonly onWaiting?: (job: Job) => void
}

export interface RestoreOptions
  extends
    ActionOptions,
    ThawOptions,
    Pick<ExtractOptions, 'only' | 'overwrite' | 'keepSpecialModes' | 'keepOwner' | 'special' | 'sparse' | 'limits'> {
  /** The directory that receives the archive's top-level entries. Default: the current directory. */
  readonly to?: string
  readonly keys?: DecryptionKeys
}

export interface RestoreResult {
  /** The backup that was restored; `undefined` for an archive file. */
  readonly backup: Backup | undefined
  /** The directory, absolute. */
  readonly to: string
  /** What appeared in it, escaped for people. */
  readonly topLevel: readonly string[]
  readonly entries: number
  readonly files: number
  readonly bytesWritten: number
  readonly durationMs: number
  readonly warnings: readonly ArchiveWarning[]
}

export interface ReadOptions extends ActionOptions, ThawOptions {
  /** One file of the tree that was backed up, as in `only` of a restore. Default: all, as a tar. */
  readonly only?: string
  /** As in a restore, of what is given. Of one file of a tree they are not looked at: it is given as it is read. */
  readonly limits?: Pick<NonNullable<ExtractOptions['limits']>, 'maxBytes' | 'maxRatio'>
  readonly keys?: DecryptionKeys
}

export interface EntriesOptions extends ActionOptions, Pick<ExtractOptions, 'only'> {
  readonly keys?: DecryptionKeys
}

/** One entry of a backup. */
export interface BackupEntry {
  readonly type: 'file' | 'directory' | 'symlink' | 'hardlink' | 'fifo' | 'character-device' | 'block-device'
  /** Its path in the archive, escaped for people, as `only` of a restore takes it: `photos/2026/a.jpg`. */
  readonly path: string
  /** Of links: the text of a symbolic one, or the path of the entry at which a hard link's contents stand. */
  readonly linkTarget?: string
  /** Bytes of contents. */
  readonly size: number
  /** Permissions, without the type's bits. */
  readonly mode: number
  /** Nanoseconds since 1970. */
  readonly mtimeNs: bigint
}

export interface FindOptions extends Pick<ActionOptions, 'signal' | 'onProgress'> {
  /** Only backups of exactly this name, or the one of this stored name. Default: all of the destination. */
  readonly name?: string
  readonly keys?: DecryptionKeys
}

/** A thing as it was in one or several backups, with the same type, size, mode, time and target. */
export interface FoundEntry extends BackupEntry {
  /** Those that hold it so, oldest first. */
  readonly backups: readonly Backup[]
}

/** A backup that may hold what is looked for, and why nobody knows. */
export interface Unsearched {
  readonly backup: Backup
  readonly problem: Problem
}

export interface FindResult {
  /** How many backups there were to search. */
  readonly searched: number
  /** By path, and of one path by the oldest backup that holds it. */
  readonly found: readonly FoundEntry[]
  readonly unsearched: readonly Unsearched[]
}

export interface DiffOptions extends ActionOptions {
  /** What to compare with: a stored name, or a name, meaning its newest backup. Default: the one before of the same name. */
  readonly since?: string
  readonly keys?: DecryptionKeys
}

export interface DiffResult {
  readonly before: Backup
  readonly after: Backup
  /** In the order of paths: a directory, what is below it, then its neighbours. To be read once. */
  readonly differences: AsyncIterable<Difference>
}

/** What became of one path between two backups. */
export type Difference =
  | { readonly change: 'added'; readonly after: BackupEntry }
  | { readonly change: 'removed'; readonly before: BackupEntry }
  | { readonly change: 'changed'; readonly before: BackupEntry; readonly after: BackupEntry }

export interface VerifyOptions extends ActionOptions {
  /** Without a key that fits, an encrypted backup is verified as stored: size and SHA-256. */
  readonly keys?: DecryptionKeys
}

export interface VerifyResult {
  readonly backup: Backup
  /**
   * `contents`: read through to the last tar entry. `stored`: size and SHA-256 only, no key was at hand. `damaged`: see
   * `problem`. `cold`: not read, as that would cost a retrieval; what the store says of its size was compared.
   */
  readonly outcome: 'contents' | 'stored' | 'damaged' | 'cold'
  readonly problem?: Problem
  readonly entries?: number
  readonly files?: number
}

/** Something that is not as it should be, and the command that mends it, where one does. Sentences without a full stop. */
export interface Discrepancy {
  readonly message: string
  /** Names its destination, not its profile: `bakthat cleanup -d local`. */
  readonly remedy?: string
}

export interface SyncResult {
  /** Backups that the catalog did not know. */
  readonly added: readonly Backup[]
  /** Backups that the store keeps in another class than the catalog knew: as the catalog tells of them now. */
  readonly changed: readonly Backup[]
  /** Backups that are no longer in the storage. */
  readonly removed: readonly Backup[]
  /** What is not as it should be in the storage, and was not taken in. */
  readonly problems: readonly Discrepancy[]
}

/** A retrieval from cold storage, as the catalog remembers it. */
export interface Job {
  readonly backup: Backup
  readonly tier?: RetrievalTier
  readonly askedAt: Date
  /** When the store promised it, at the latest. */
  readonly expectedAt?: Date
}

/** A retrieval as it stands now. */
export interface JobState extends Job {
  /** `ready`: `restore` gets it at once. `lapsed`: it was ready, and is gone again, or failed. `gone`: the backup is no longer stored. */
  readonly state: 'under way' | 'ready' | 'lapsed' | 'gone'
  /** Until when a ready one can be read. */
  readonly readableUntil?: Date
}

export interface RemoveOptions extends ActionOptions {
  /** Removes nothing that is paid for until a later day: the wish is recorded, and `cleanup` carries it out after that day. */
  readonly keepUntilFree?: boolean
}

/** A backup that was removed, or that is to be. */
export interface RemoveResult extends Backup {
  /**
   * Set where the store keeps the backup until that day (where it does not say which, the next), or where it was to be kept
   * until it is free: nothing was removed, the wish is in the catalog, and `cleanup` carries it out after that day.
   */
  readonly deferredUntil?: Date
  /** Set where the store charges for the backup until that day, though it was removed; where it was deferred for that, too. */
  readonly paidUntil?: Date
}

/** Why one of several things could not be done. */
export interface Problem {
  readonly code: string
  readonly message: string
}

export interface MigrateOptions extends ActionOptions, Pick<ThawOptions, 'tier' | 'requestAgain'> {
  /**
   * Removes each backup where it was, once its copy has been confirmed: where the store confirms sizes alone, by reading all
   * of it back. One that is cold there cannot be read: its original stays, and is `failed`.
   */
  readonly deleteSource?: boolean
  /** With `deleteSource`, as in {@link RemoveOptions}. */
  readonly keepUntilFree?: boolean
}

export interface MigrateResult {
  /** Copied by this call. */
  readonly copied: readonly Backup[]
  /** Of which there was a copy already. */
  readonly present: readonly Backup[]
  /** Being brought back from cold storage: to be copied by a later call. */
  readonly pending: readonly Job[]
  /** Removed where they were, or to be removed on a later day. */
  readonly removed: readonly RemoveResult[]
  /** What cannot be copied as it is, was copied by an earlier call and is no longer whole there, or cannot be removed where it was. */
  readonly failed: readonly {
    readonly backup: Backup
    readonly problem: Problem
  }[]
}

export interface ShowQuery {
  /** A part of the name or stored name. */
  readonly text?: string
  /** All of these tags. One that is no word is `INVALID_INPUT`. */
  readonly tags?: readonly string[]
  readonly limit?: number
}
