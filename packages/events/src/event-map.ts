import type { Failure } from './failure.js'

/** A value that survives JSON. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** What Bakthat does that is announced. */
export type Action = 'backup' | 'restore' | 'delete' | 'delete_older_than' | 'rotate_backups'

/** A backup, as events tell of it. Plain data without anything secret; each handler gets a copy of its own. */
export interface BackupData {
  readonly id: number
  /** The destination's scheme: `local`, `s3`. */
  readonly backend: string
  /** Which container of that scheme. */
  readonly container: string
  /** When it was begun. */
  readonly backupDate: Date
  /** Its name, as people ask for it. */
  readonly filename: string
  /** The name of the stored object. */
  readonly storedFilename: string
  /** Bytes as stored. */
  readonly size: number
  readonly tags: readonly string[]
  readonly metadata: { readonly [key: string]: Json }
  /** Of the stored bytes, lower-case hexadecimal. */
  readonly sha256?: string
}

/** A backup that was just made. */
export interface FinishedBackup extends BackupData {
  readonly entries: number
  readonly files: number
  /** Bytes of file contents. */
  readonly bytesRead: number
  readonly durationMs: number
  /** Files that are missing from it, or changed while they were read. */
  readonly warnings: readonly { readonly path: string; readonly message: string; readonly incomplete: boolean }[]
  /** None was made: this is the newest one, and nothing was changed since. */
  readonly unchanged?: true
}

/** A backup that was deleted, or is to be once the store lets go of it. */
export interface DeletedBackup extends BackupData {
  readonly deferredUntil?: Date
}

/** What became of the backups of one name that were to be deleted. */
export interface ThinnedBackups {
  /** The backups that were deleted. */
  readonly result: readonly BackupData[]
  /** The ones that go on a later day: the store keeps them, or they are paid for, until then. */
  readonly deferred: readonly DeletedBackup[]
  /** The ones that could not be deleted, and are as they were. */
  readonly failed: readonly { readonly backup: BackupData; readonly problem: Failure }[]
}

/** Which container an action is about. */
export interface Place {
  readonly backend: string
  readonly container: string
}

/** Both events of one action carry the same UUID (version 4). */
interface InSession {
  readonly sessionId: string
}

/** Every event, with what its handlers are given. */
export interface EventMap {
  /** `path` is absent for a stream. */
  before_backup: InSession & Place & { readonly name: string; readonly path?: string; readonly tags: readonly string[] }
  on_backup: InSession & { readonly result: FinishedBackup }
  /** `backup` is absent for an archive file that is restored without the catalog. */
  before_restore: InSession & { readonly backup?: BackupData; readonly to: string }
  on_restore: InSession & { readonly result: BackupData | undefined; readonly to: string }
  before_delete: InSession & { readonly backup: BackupData }
  on_delete: InSession & { readonly result: DeletedBackup }
  before_delete_older_than: InSession & Place & { readonly name: string; readonly interval: string }
  on_delete_older_than: InSession & ThinnedBackups
  before_rotate_backups: InSession & Place & { readonly name: string }
  on_rotate_backups: InSession & ThinnedBackups
  /** An action failed, was stopped, or could not even begin. `name`: of the backup, where the action was about one. */
  on_error: InSession & { readonly action: Action; readonly name?: string; readonly error: Failure }
  progress: InSession & ActionProgress
}

export interface ActionProgress {
  readonly action: Action
  readonly phase: string
  /** The backup or path at work, escaped for people. */
  readonly current: string
  readonly files: number
  readonly bytes: number
  /** All the bytes there will be, as far as is known by now. */
  readonly bytesTotal?: number
}

export type EventName = keyof EventMap

/** The events that come before an action, and can stop it. */
export type BeforeEvent = Extract<EventName, `before_${string}`>

const names: Readonly<Record<EventName, true>> = {
  before_backup: true,
  on_backup: true,
  before_restore: true,
  on_restore: true,
  before_delete: true,
  on_delete: true,
  before_delete_older_than: true,
  on_delete_older_than: true,
  before_rotate_backups: true,
  on_rotate_backups: true,
  on_error: true,
  progress: true,
}

/** The name of every event. */
export const eventNames = Object.keys(names) as readonly EventName[]
