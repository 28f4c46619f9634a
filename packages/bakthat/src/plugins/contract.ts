import type { EventName, Failure } from '@bakthat/events'
import type { PluginCommand } from '@bakthat/plugin-sdk'

/** A plugin that the profile names, and what became of it. */
export interface PluginState {
  /** As the profile has it: `test_plugin.TestPlugin`. */
  readonly name: string
  readonly state: 'active' | 'failed'
  /** Why it is not active. */
  readonly problem?: Failure
  /** Its own, or that of the package that it comes in. */
  readonly version?: string
  /** The events that it listens to. */
  readonly events: readonly EventName[]
  /** The schemes of its destinations. */
  readonly backends: readonly string[]
  readonly commands: readonly PluginCommand[]
  /** The formats that it compresses. */
  readonly compressions: readonly string[]
  /** The methods that it gives the catalog. */
  readonly catalogMethods: readonly string[]
}
