/** A value that survives JSON. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/**
 * Where a backup stands. `pending`: begun, and nothing is promised about the store. `complete`: the stored object was
 * confirmed. `deleted`: it was removed from the store; the row stays as history.
 */
export type BackupStatus = 'pending' | 'complete' | 'deleted'

/** One backup as the catalog knows it. Plain data; later changes of the catalog do not show in it. */
export interface BackupRow {
  readonly id: number
  /** The destination's scheme: `local`, `s3`, `glacier`. */
  readonly backend: string
  /** Which container of that scheme; with `backend` and `filename` it names the group that rotation works on. */
  readonly container: string
  /** When the backup was begun; whole seconds, the same that its stored name carries. */
  readonly backupDate: Date
  /** The backup's name, as people ask for it. */
  readonly filename: string
  /** The name of the stored object. Unique within a container. */
  readonly storedFilename: string
  readonly status: BackupStatus
  readonly lastUpdated: Date
  /** Bytes as stored; 0 while pending. */
  readonly size: number
  readonly tags: readonly string[]
  readonly metadata: { readonly [key: string]: Json }
  /** Of the stored bytes, lower-case hexadecimal. Absent while pending, and in rows that the Python tool wrote. */
  readonly sha256?: string
  /** Where the backend keeps the object. Absent while pending, and in rows that the Python tool wrote. */
  readonly locator?: string
  /** The host and process that began it: a pending row whose process is gone was interrupted. */
  readonly host?: string
  readonly pid?: number
  /** Somebody wants it deleted, and the store keeps it until then. */
  readonly deleteAfter?: Date
}

export interface NewBackup {
  readonly backend: string
  readonly container: string
  readonly backupDate: Date
  readonly filename: string
  readonly storedFilename: string
  /** Words: a tag that is empty or holds white space is `INVALID_INPUT`. */
  readonly tags: readonly string[]
  readonly metadata: { readonly [key: string]: Json }
  readonly host: string
  readonly pid: number
}

export interface Completion {
  readonly size: number
  readonly sha256: string
  readonly locator: string
  readonly metadata: { readonly [key: string]: Json }
}

/** What a column may hold; whole numbers beyond what a number holds exactly are `bigint`, blobs bytes. */
export type SqlValue = string | number | bigint | Uint8Array | null

/** A row by its columns' names, in their order; of two columns of one name the last. */
export type SqlRow = { readonly [column: string]: SqlValue }

/** Every condition given must hold. Text is compared literally: `%`, `_` and `*` are characters like others. */
export interface BackupQuery {
  /** The exact name. */
  readonly filename?: string
  readonly storedFilename?: string
  readonly backend?: string
  readonly container?: string
  /** All of these tags. One that is no word is `INVALID_INPUT`. */
  readonly tags?: readonly string[]
  /** A part of the name or of the stored name, case-insensitively. */
  readonly text?: string
  /** Default: `complete` only. */
  readonly status?: readonly BackupStatus[]
  /** Only the newest so many. */
  readonly limit?: number
}

/** A complete backup as a store without manifests tells of it: the SHA-256 of large ones is not known. */
export type RebuiltBackup = Omit<Completion, 'sha256'> & Partial<Pick<Completion, 'sha256'>>

/** The rows of one destination that the Python tool wrote. */
export interface Claim {
  readonly backend: string
  /** As the Python tool told destinations apart: SHA-512, in hexadecimal, of access key and bucket or vault. */
  readonly backendHash: string
  readonly container: string
}

export interface NewRetrieval {
  /** What the backend is to be asked with. */
  readonly ticket: string
  readonly tier?: string
  /** When the store promised it, at the latest. */
  readonly expectedAt?: Date
}

/** A retrieval from cold storage that was asked for. */
export interface Retrieval extends NewRetrieval {
  readonly backupId: number
  readonly askedAt: Date
  /** When what came back was first read to its end; absent until then. */
  readonly fetchedAt?: Date
}

/** What was asked for of cold storage, at most once for each backup. */
export interface Retrievals {
  /** Replaces what was remembered for the backup. */
  remember(backupId: number, retrieval: NewRetrieval): void
  of(backupId: number): Retrieval | undefined
  /** Those of complete backups that were not fetched yet, in the order in which they were asked for. */
  all(): readonly Retrieval[]
  /** Keeps that it was fetched just now, and the ticket, which may be good for a while. One that is not known is a success. */
  markFetched(backupId: number): void
}

export interface NewListing {
  /** What the backend is to be asked with. */
  readonly ticket: string
  /** When the store promised it, at the latest. */
  readonly expectedAt?: Date
}

/** A listing that was asked for of a store which takes hours to list. */
export interface AskedListing extends NewListing {
  readonly askedAt: Date
}

/** What was asked for, at most once for each container. */
export interface Listings {
  /** Replaces what was remembered for the container. */
  remember(container: string, listing: NewListing): void
  of(container: string): AskedListing | undefined
}

/** One archive of a store that gives no names. */
export interface ArchiveEntry {
  /** The store's own word for the archive. */
  readonly archiveId: string
  /** The stored name of its backup. */
  readonly filename: string
}

/** Which archive of a container without names holds what. A cache of the store's own inventory. */
export interface Inventory {
  /** Takes an archive in, or what is known of it anew. */
  record(container: string, entry: ArchiveEntry): void
  /** The archive of that stored name; of several the one that was taken in last. */
  find(container: string, filename: string): ArchiveEntry | undefined
  /** All archives of a container, in the order in which they were taken in. */
  list(container: string): readonly ArchiveEntry[]
  /** Forgetting what is not known is a success. */
  forget(archiveId: string): void
}

/**
 * The catalog: a cache of what the storage holds, in one SQLite file. Calls are synchronous and each is one transaction,
 * durable when it returns (WAL, `synchronous=FULL`); several processes may use one file at a time, waiting up to 30 s for
 * each other. Failures of the database reject with `CATALOG` (`NO_SPACE` for a full disk, `PERMISSION_DENIED` for a
 * file that may not be written).
 */
export interface Catalog {
  readonly path: string
  /**
   * Records a backup as pending and reserves its stored name. `ALREADY_EXISTS` if that name is taken in the container by a row
   * of any status; with `instead: 'deleted'`, a row of a deleted backup gives way.
   */
  begin(backup: NewBackup, options?: { readonly instead?: 'deleted' }): BackupRow
  /** Makes a pending backup complete. Idempotent; `NOT_FOUND` if there is no such row. */
  complete(id: number, completion: Completion): BackupRow
  /** Forgets a pending backup, freeing its name. A row that is not pending, or not there, is left as it is. */
  discard(id: number): void
  /** Replaces the metadata of a complete backup; others are left as they are. Idempotent; `NOT_FOUND` if there is no such row. */
  describe(id: number, metadata: BackupRow['metadata']): BackupRow
  /** Remembers that a complete backup is to be deleted once its lock has ended. Idempotent; `NOT_FOUND` if there is no such row. */
  deferDeletion(id: number, until: Date): BackupRow
  /** Forgets that again. Idempotent; `NOT_FOUND` if there is no such row. */
  cancelDeletion(id: number): BackupRow
  /** Marks a backup as deleted, and forgets what was asked for it. Idempotent; `NOT_FOUND` if there is no such row. */
  markDeleted(id: number): BackupRow
  /**
   * Makes sure that `markDeleted` can be written, before anything is removed that it is to tell of: throws what it would throw for
   * want of space or of the right to write. Holds the room that it takes on the disk for as long as no other process needs
   * it. Changes nothing; a row that is not there is none to prepare.
   */
  prepareDeletion(id: number): void
  /** Takes in a complete backup that the storage tells of; one with the same stored name in the container is updated. */
  record(backup: NewBackup & RebuiltBackup): BackupRow
  /**
   * Makes the calls within `act` one transaction, with one wait for the disk instead of one for each of them: where `act` throws,
   * nothing of it was written. `act` may not wait for anything: others wait for it.
   */
  transaction<Result>(act: () => Result): Result
  /**
   * Gives rows that the Python tool wrote for a destination, which have no container yet, that container, and the archives
   * of the inventory that they name; says how many rows those were. Where there are none, nothing is written.
   */
  claim(rows: Claim): number
  /** Oldest first: by date, then by id. */
  find(query?: BackupQuery): readonly BackupRow[]
  /** The last of what `find` would give. */
  newest(query?: BackupQuery): BackupRow | undefined
  readonly retrievals: Retrievals
  readonly inventory: Inventory
  readonly listings: Listings
  /**
   * The rows of one SQL statement of the caller's, which may only read: `INVALID_INPUT` for any other, and for one that SQLite does
   * not understand. `?` stands for the parameters in turn. docs/catalog.md has the tables.
   */
  query(sql: string, parameters?: readonly SqlValue[]): readonly SqlRow[]
  /** Closes the file: what is asked of it later throws `CATALOG`. Calling it twice is a success. */
  close(): void
}

export interface OpenCatalogOptions {
  /** The file, made (0600, and its directory 0700) if missing; `:memory:` for one that is forgotten. */
  readonly path: string
  /** The clock, for `last_updated`. */
  readonly now?: () => Date
  /** How long to wait for other processes that write, in seconds; 30 by default. */
  readonly waitSeconds?: number
}
