import type { CallOptions, StorageBackend } from './backend.js'

/** A profile's keys, as read from the configuration and already checked for form. */
export type BackendSettings = Readonly<Record<string, unknown>>

/** Who a set of credentials is for. `writer` stores and can neither read nor remove; `rotator` lists and removes; `reader` lists and reads; `admin` does all of it, and makes the container. */
export const roles = ['writer', 'rotator', 'reader', 'admin'] as const

export type Role = (typeof roles)[number]

/** A container that was made. */
export interface ContainerMade {
  /** As `StorageBackend.container` has it. */
  readonly container: string
  /** What the person should know: sentences without a full stop. */
  readonly notices: readonly string[]
}

/** How a scheme becomes a backend. A value to be handed around; importing one registers nothing. */
export interface BackendDefinition {
  readonly scheme: string
  /**
   * Opens the container that the settings name. Rejects with `INVALID_CONFIG` for settings that cannot be right. Makes
   * no container and writes nothing.
   */
  open(settings: BackendSettings): Promise<StorageBackend>
  /**
   * Makes the container that the settings name, for its owner alone. Rejects with `ALREADY_EXISTS` where there is one, and
   * changes nothing about it. Absent where containers make themselves.
   */
  create?(settings: BackendSettings, options?: CallOptions): Promise<ContainerMade>
  /** The least that credentials of a role must be allowed, as a document in the store's own language. Absent where it has none. */
  accessPolicy?(settings: BackendSettings, role: Role): object
}
