import type { Bytes } from './bytes.js'

/**
 * Where a blob lies, as its backend says it: opaque, durable, at most 4,096 printable characters. Made by `put`,
 * `list` and `locate`, kept by the caller (the catalog), understood by the same container's backend in any later process
 * and on any other host. What is no locator at all rejects with `INVALID_INPUT`.
 */
export type Locator = string

/**
 * A retrieval or listing under way, as its backend says it: opaque, durable, at most 4,096 printable characters, kept by
 * the caller and handed back to the call that gave it, with the same arguments, in any later process. Asking with a
 * ticket costs no second retrieval. One that has lapsed (the thawed copy is gone again) is answered `pending` with a new
 * one.
 */
export type Ticket = string

/** Either the thing asked for, or a ticket to ask again with. A cold blob is a value, not an exception. */
export type Availability<T> =
  | { readonly state: 'ready'; readonly value: T; readonly expiresAt?: Date }
  | { readonly state: 'pending'; readonly ticket: Ticket; readonly expectedAt?: Date }

/**
 * How fast a cold blob is brought back, and so how dear that is; how long each takes is the store's affair. A store that has
 * no such tier for a blob takes the next slower one that it has.
 */
export type RetrievalTier = 'expedited' | 'standard' | 'bulk'

/** What differs between stores, declared as data and asserted by the conformance suite. */
export interface Capabilities {
  /** Whether `retrieve` answers at once or first with a ticket. */
  readonly retrieval: 'immediate' | 'deferred'
  /** Whether `list` answers at once or first with a ticket. */
  readonly listing: 'immediate' | 'deferred'
  /** Whether `retrieve` takes a `range`. Without it a `range` rejects with `UNSUPPORTED`. */
  readonly ranges: boolean
  /** Whether blobs have names of the caller's choice that can be taken. Without it every `put` makes a new blob. */
  readonly names: boolean
  /** Days that a blob is paid for, however soon it is removed; 0 where there is no such rule. */
  readonly minimumStorageDays: number
  /**
   * What a `put` that resolved has heard from the store of the bytes that it holds: `size` where it tells no more than how
   * many they are. Such a copy is read back before the last other one is removed. Default `bytes`.
   */
  readonly confirmation?: 'bytes' | 'size'
}

/** What a store without names keeps beside a blob, so that a catalog can be made again from a listing. */
export interface BlobRecord {
  readonly date: Date
  readonly tags: readonly string[]
  /** The machine that stored it. */
  readonly host: string
}

/** One stored blob. */
export interface BlobInfo {
  readonly name: string
  /** Bytes as stored. */
  readonly size: number
  readonly locator: Locator
  /**
   * The store's own word for the blob, which its other clients know it by. Only stores without names tell one. Every locator
   * of the blob is it, alone or with a slash and more behind it: see `idOfLocator`.
   */
  readonly id?: string
  /** SHA-256 of the stored bytes in lower-case hexadecimal, where the store can tell it without reading the blob. */
  readonly sha256?: string
  readonly storedAt?: Date
  /** The store's word for how it keeps the blob, where that is not its usual way: `GLACIER`. */
  readonly storageClass?: string
  /** Until when the store refuses to remove the blob, as far as these credentials may know. */
  readonly lockedUntil?: Date
  /** The store refuses to remove the blob until somebody releases it: no day is known. As far as these credentials may know. */
  readonly onLegalHold?: true
  /** Until when the blob is paid for, however soon it is removed. Absent where there is no such rule. */
  readonly paidUntil?: Date
  /** What `put` was given, or as much of it as there was room for. Only stores without names keep it. */
  readonly record?: Partial<BlobRecord>
}

/** Blobs, each once. */
export interface Listing extends AsyncIterable<BlobInfo> {
  /**
   * The moment that a deferred listing is of, which may be days ago: what was stored or removed since is not as it says.
   * Absent where a listing is of now.
   */
  readonly asOf?: Date
}

export interface CallOptions {
  /** Stops the call: it rejects with `INTERRUPTED` and, where it was storing, leaves nothing behind. */
  readonly signal?: AbortSignal
}

export interface PutOptions extends CallOptions {
  /** What the caller believes the size will be, in bytes: a hint for choosing part sizes, never a promise. */
  readonly estimatedSize?: number
  /**
   * `metadata` marks the small blobs that must stay readable at once, whatever class archives are stored in: `retrieve`
   * answers `ready` for them. Stores without names have no place for such blobs and take them as archives: give them a
   * `record` instead. Default `archive`.
   */
  readonly purpose?: 'archive' | 'metadata'
  /**
   * Kept beside the blob by stores without names, together with its name and, where they are known before the first byte
   * is sent, its size and SHA-256. What does not fit is left out from the end: a vault takes 1,024 characters in all. Other
   * stores ignore it.
   */
  readonly record?: BlobRecord
  /**
   * The id of a leftover (see `Leftovers`) of an earlier `put` of the same name and bytes that was killed: what the store
   * has of it already, by its hash, is not sent again. Where it is gone, and in stores that cannot do this, everything is sent.
   */
  readonly resume?: string
  /**
   * Answers with the SHA-256 of `bytes`, in hexadecimal, once they have ended: from a caller who hashes them as they go by.
   * A backend that knows of nothing better to compare with takes it for its answer, and saves hashing them again. Whoever
   * passes other bytes on than came leaves it out.
   */
  readonly sha256?: () => string
  /** Said once, before `bytes` is read, when a container had to be made for it. */
  readonly onNotice?: (notice: string) => void
}

export interface StatOptions extends CallOptions {
  /** The ticket of an earlier `pending` answer for the same locator. */
  readonly ticket?: Ticket
}

export interface RetrieveOptions extends CallOptions {
  /** The ticket of an earlier `pending` answer for the same locator and range. */
  readonly ticket?: Ticket
  /**
   * First byte and (exclusive) end; without `end`, to the end of the blob. Whole numbers with
   * `0 <= start <= end <= size`: an empty range is a range, and an empty stream its bytes.
   */
  readonly range?: { readonly start: number; readonly end?: number }
  /**
   * Default: as the backend was opened, else `standard`. Asked for while a slower retrieval is under way, it hastens that one
   * where the store can do so, at its price, and the answer has a new ticket; a slower one changes nothing.
   */
  readonly tier?: RetrievalTier
  /** For how many days a copy is kept readable, where the store lets one choose. Default: as the backend was opened. */
  readonly days?: number
  /**
   * Whether a retrieval may be begun, which costs money. With `false` a blob that is cold, and for which none is under way,
   * rejects with `COLD`, also when the copy that the ticket stands for has lapsed. Default true.
   */
  readonly begin?: boolean
}

export interface ListOptions extends CallOptions {
  /** Only blobs whose names begin so. Default: all of them. */
  readonly prefix?: string
  readonly ticket?: Ticket
}

/**
 * A place that keeps blobs. Every backend, every wrapper and every plugin's backend keeps this contract, and
 * `describeStorageBackend` of `@bakthat/storage-testing` holds them to it.
 *
 * Blob names are 1 to 900 bytes of UTF-8: segments of `[^/\0]`, 1 to 255 bytes long, none of them `.` or `..`, joined by
 * single slashes. Other names reject with `INVALID_INPUT` (`checkBlobName` does it). Whether `a` and `a/b` can both be
 * blobs is the store's affair: where they cannot, the later `put` rejects with `ALREADY_EXISTS`.
 *
 * A backend remembers nothing between calls: locators and tickets go back to the caller. Calls may run at the same time,
 * from several processes; what a call that ended has done is seen by every call that begins after it. A call whose signal
 * is aborted, before or while it runs, rejects with `INTERRUPTED` (a stream that it gave throws it); one that has already
 * succeeded stays so. Foreign errors are translated here and nowhere above: `NOT_FOUND`, `ALREADY_EXISTS`,
 * `PERMISSION_DENIED`, `NO_SPACE`, `UNAVAILABLE`, `INTERRUPTED`, `INTEGRITY`, `COLD`, `LOCKED`.
 */
export interface StorageBackend {
  /** What the destination is called in configuration and in the catalog: `local`, `s3`, `glacier`. */
  readonly scheme: string
  /**
   * Which container of that scheme this is, the same on every host that reaches it (an endpoint and bucket, a real
   * path), without credentials. Backups are grouped by it, so it does not change when a key is rotated.
   */
  readonly container: string
  readonly capabilities: Capabilities

  /**
   * Stores a blob of unknown length, whole or not at all: a call that rejects leaves nothing that `list` or `retrieve`
   * can see. It resolves once the blob is durable and the store has confirmed that it holds these bytes, or as many
   * (see `capabilities.confirmation`); the answer's
   * `sha256` (always given here) is of the bytes *as stored*, so that a caller who hashed what it sent can compare.
   * Never overwrites: a name that is taken rejects with `ALREADY_EXISTS` and leaves the blob there as it was; of two
   * `put`s of one name at the same time exactly one succeeds. Reads `bytes` once, at the pace of the store, and stops it
   * (`return`) when it fails itself; an error of `bytes` rejects the call with that same error. Holds a bounded number of
   * bytes in memory, whatever the length.
   */
  put(name: string, bytes: Bytes, options?: PutOptions): Promise<BlobInfo & { readonly sha256: string }>

  /**
   * What the store says of a blob now, at the cost of one small request: rejects with `NOT_FOUND` where it is gone.
   * Stores that cannot tell without a job, whose `listing` is deferred, answer `pending`, and then as of their last
   * inventory.
   */
  stat(locator: Locator, options?: StatOptions): Promise<Availability<BlobInfo>>

  /**
   * Starts, or with a ticket resumes, getting a blob (or a range of it) back. Never waits for a thaw. Rejects with
   * `NOT_FOUND` where there is no such blob, and with `INVALID_INPUT` for a range outside of it. A stream that ends
   * without error has given every byte; one that is cut short throws `INTEGRITY` or `UNAVAILABLE`. An answer whose value
   * is never read holds nothing open.
   */
  retrieve(locator: Locator, options?: RetrieveOptions): Promise<Availability<Bytes>>

  /**
   * Removes a blob, and whatever an interrupted `put` of it left. Removing one that is not there is a success. Rejects with
   * `LOCKED` where the store keeps it until a day that has not come.
   */
  remove(locator: Locator, options?: CallOptions): Promise<void>

  /**
   * The locator that a `put` of this name gives, or would have given: for cleaning up after a `put` whose answer was
   * lost. `undefined` where only the store can say (see `capabilities.names`). Throws `INVALID_INPUT` for a bad name.
   */
  locate(name: string): Locator | undefined

  /**
   * Everything stored whole, in the order of names' bytes where names exist; where listing is deferred, as it was at
   * `asOf`. A directory that was not made yet holds nothing; `NOT_FOUND` for a container that somebody has to make, as a
   * bucket: a misspelt one is not an empty one. For reconciling a catalog, never for finding one backup.
   */
  list(options?: ListOptions): Promise<Availability<Listing>>

  /** Releases sockets and handles. Calling it twice is a success. */
  close(): Promise<void>
}
