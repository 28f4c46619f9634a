import type { Catalog } from '@bakthat/catalog'
import type { EventBus, Place } from '@bakthat/events'
import type { Pause, StorageBackend } from '@bakthat/storage'

/** What every action of the engine is handed: it knows no vendor, opens no database and has no clock of its own. */
export interface EngineContext {
  readonly catalog: Catalog
  readonly now: () => Date
  /** This machine's name, for telling whose a pending backup is. */
  readonly host: string
  readonly pid: number
  /**
   * Which processes the numbers are of, where the system tells: the start of the machine, a space, and the namespace. The same
   * number means another process after the next start, and in another container.
   */
  readonly processes?: string
  /** Whether a process of that number is running here. */
  readonly isAlive: (pid: number) => boolean
  /** Who is told of actions, and may stop them. Default: nobody. */
  readonly events?: EventBus
  /** Resolves after so many milliseconds, or rejects when the signal is aborted. */
  readonly pause: Pause
}

/** An action on one destination. */
export interface DestinationContext extends EngineContext {
  readonly backend: StorageBackend
}

/** A destination, as rows of the catalog and events name it. */
export function placeOf({ scheme, container }: Pick<StorageBackend, 'scheme' | 'container'>): Place {
  return { backend: scheme, container }
}
