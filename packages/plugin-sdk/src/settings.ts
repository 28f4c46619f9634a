import { BakthatError } from '@bakthat/errors'
import type { ReadBy, SettingKind } from './setting-kinds.js'

/** The keys that a plugin knows, and what their values are. */
export type SettingTable = Readonly<Record<string, SettingKind<unknown>>>

/** What was set: every key may be absent. */
export type SettingsBy<Table extends SettingTable> = { readonly [Key in keyof Table]?: ReadBy<Table[Key]> }

/**
 * The settings of a plugin: the map under its own key of the profile. `INVALID_CONFIG` for a key that is not in the table and for a
 * value that is not of its kind; messages name the key and never the value, which may be a secret.
 *
 * @example
 * ```ts
 * import { readSettings, settingKinds } from '@bakthat/plugin-sdk'
 *
 * const conf = { shout: { volume: 'loud', url: 'https://example.org' } }
 * const { volume = 'quiet', url } = readSettings(conf, 'shout', {
 *   volume: settingKinds.choice('quiet', 'loud'),
 *   url: settingKinds.webAddress,
 * })
 * console.log(volume, url?.host)
 * ```
 */
export function readSettings<Table extends SettingTable>(
  conf: Readonly<Record<string, unknown>>,
  key: string,
  table: Table,
): SettingsBy<Table> {
  return readMap(conf[key] ?? {}, key, table)
}

/** A map in a map. */
export function settingGroup<Table extends SettingTable>(table: Table): SettingKind<SettingsBy<Table>> {
  return { form: 'a map of keys', read: (value, label) => readMap(value, label, table) }
}

function readMap<Table extends SettingTable>(map: unknown, label: string, table: Table): SettingsBy<Table> {
  const known = `its keys are ${Object.keys(table).join(', ')}`
  if (typeof map !== 'object' || map === null || Array.isArray(map))
    throw new BakthatError('INVALID_CONFIG', `${label} must be a map of keys`, { hint: known })
  const given = Object.entries(map).filter(([, value]) => value !== undefined && value !== null)
  const values = given.map(([key, value]) => {
    if (!Object.hasOwn(table, key))
      throw new BakthatError('INVALID_CONFIG', `${label} has a key that is not known`, { hint: known })
    return [key, readValue(value, `${label}.${key}`, table[key]!)]
  })
  return Object.fromEntries(values) as SettingsBy<Table>
}

function readValue(value: unknown, label: string, { form, read }: SettingKind<unknown>): unknown {
  const found = read(value, label)
  if (found !== undefined) return found
  throw new BakthatError('INVALID_CONFIG', `${label} must be ${form}`, { hint: `mend ${label} in the profile` })
}
