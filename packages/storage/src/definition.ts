import type { StorageBackend } from './backend.js'

/** A profile's keys, as read from the configuration and already checked for form. */
export type BackendSettings = Readonly<Record<string, unknown>>

/** How a scheme becomes a backend. A value to be handed around; importing one registers nothing. */
export interface BackendDefinition {
  readonly scheme: string
  /**
   * Opens the container that the settings name. Rejects with `INVALID_CONFIG` for settings that cannot be right. Makes
   * no container and writes nothing.
   */
  open(settings: BackendSettings): Promise<StorageBackend>
}
