import type { Catalog } from '@bakthat/catalog'
import type { EventBus } from '@bakthat/events'
import type { StorageBackend } from '@bakthat/storage'

/** What every action of the engine is handed: it knows no vendor, opens no database and has no clock of its own. */
export interface EngineContext {
  readonly catalog: Catalog
  readonly now: () => Date
  /** This machine's name, for telling whose a pending backup is. */
  readonly host: string
  readonly pid: number
  /** Whether a process of this machine is running. */
  readonly isAlive: (pid: number) => boolean
  /** Who is told of actions, and may stop them. Default: nobody. */
  readonly events?: EventBus
  /** Resolves after so many milliseconds, or rejects when the signal is aborted. */
  readonly pause: (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>
}

/** An action on one destination. */
export interface DestinationContext extends EngineContext {
  readonly backend: StorageBackend
}
