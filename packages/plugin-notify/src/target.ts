import { settingGroup, settingKinds, type SettingKind, type SettingsBy, type SettingTable } from '@bakthat/plugin-sdk'
import { messageKinds, type Facts, type MessageKind } from './facts.js'

/** Somebody who is told, by one way. */
export interface Target {
  /** For messages: by what, and on which server. Holds no secret. */
  readonly label: string
  /** The kinds of messages that it is sent. */
  readonly events: readonly MessageKind[]
  /**
   * `UNAVAILABLE` where the same may go well another time, and other codes where it will not. Rejects when the signal is aborted.
   */
  readonly send: (facts: Facts, signal: AbortSignal) => Promise<void>
}

/** Most nights nothing is the matter: by default people hear of what they should look at. */
export const usualEvents: readonly MessageKind[] = ['failure', 'warning']

/** Keys that every target has. */
export const commonKeys = { events: settingKinds.list(settingKinds.choice(...messageKinds)) }

/**
 * A map of keys that a target is made of. `make` throws `INVALID_CONFIG` for what does not go together. It is given the keys that lead
 * to the map, `notify.slack[0]`, and what the target is called: `slack[0]`.
 */
export function targetKind<Table extends SettingTable>(
  table: Table,
  make: (settings: SettingsBy<Table>, label: string, what: string) => Target,
): SettingKind<Target> {
  const { form, read } = settingGroup(table)
  return { form, read: (value, label) => make(read(value, label)!, label, label.replace('notify.', '')) }
}
