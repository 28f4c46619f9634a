import { readConfigFile } from './config-file.js'
import { configurationKeys } from './configuration-keys.js'
import type { LoadSettingsOptions, Settings } from './contract.js'
import { flatten, inMap } from './flatten.js'
import { loadSettings } from './load-settings.js'
import { Mistakes } from './mistakes.js'
import type { Entry, Node } from './node.js'
import { holdsSecret } from './notices.js'
import { variable } from './paths.js'

/** Where a value comes from. */
export type SettingSource =
  | { readonly kind: 'file'; readonly path: string; readonly profile: string; readonly line: number | undefined }
  | { readonly kind: 'conf' }
  | { readonly kind: 'environment'; readonly variable: string }
  | { readonly kind: 'default' }

/** A setting that is in force. */
export interface ExplainedSetting {
  /** As in the file, with the keys that lead to it: `rotation.days`, `notify.slack[0].url`. */
  readonly key: string
  /** In its one form, see {@link Settings.conf}; a secret is {@link maskedSecret}. */
  readonly value: unknown
  readonly source: SettingSource
}

/** What is shown of a secret. */
export const maskedSecret = '********'

/**
 * What is in force and where each value comes from, in the order of the documentation; keys without a value and without a
 * default are left out. Takes and throws what {@link loadSettings} does.
 */
export async function explainSettings(options: LoadSettingsOptions = {}): Promise<readonly ExplainedSetting[]> {
  const settings = await loadSettings(options)
  const lines = settings.file === undefined ? new Map<string, number | undefined>() : await linesOf(settings)
  const given = flatten(settings.conf)
  const sourceOf = (key: string): SettingSource =>
    settings.file === undefined
      ? { kind: 'conf' }
      : { kind: 'file', path: settings.file, profile: settings.profile, line: lines.get(key) }
  const explained = new Map<string, ExplainedSetting>()
  for (const [key, value] of given) explained.set(key, { key, value: masked(key, value), source: sourceOf(key) })
  for (const [key, value] of completed(settings))
    if (!explained.has(key)) explained.set(key, { key, value, source: sourceOfDefault(key, explained) })
  explainDatabase(explained, settings, options)
  const order = [...configurationKeys.map(({ name }) => name), ...explained.keys()]
  return [...new Set(order)].flatMap((key) => explained.get(key) ?? [])
}

/** The compression may come from the older switch. */
function sourceOfDefault(key: string, explained: ReadonlyMap<string, ExplainedSetting>): SettingSource {
  const switched = key === 'compression' ? explained.get('compress') : undefined
  return switched?.source ?? { kind: 'default' }
}

/** What the environment says goes before a file, and not before an object. */
function explainDatabase(
  explained: Map<string, ExplainedSetting>,
  { database }: Settings,
  { conf, env = process.env }: LoadSettingsOptions,
): void {
  if (variable(env, 'BAKTHAT_DATABASE') === undefined || conf?.database !== undefined) return
  explained.set('database', {
    key: 'database',
    value: database,
    source: { kind: 'environment', variable: 'BAKTHAT_DATABASE' },
  })
}

/** What has a value even where nothing was said. */
function completed({ defaultDestination, localDir, database, compression }: Settings): Map<string, unknown> {
  return new Map<string, unknown>([
    ['default_destination', defaultDestination],
    ['local_dir', localDir],
    ['database', database],
    ['compression', compression.format],
  ])
}

function masked(key: string, value: unknown): unknown {
  return holdsSecret(key) ? maskedSecret : value
}

/** The line of each key of the profile. The file was read a moment ago, and found to be without mistakes. */
async function linesOf({ file, profile }: Settings): Promise<Map<string, number | undefined>> {
  const found = await readConfigFile(file!)
  const { parseYaml } = await import('./yaml-file.js')
  const root = parseYaml(new TextDecoder().decode(found?.bytes), new Mistakes(file!))
  const own = entriesOf(root).find(({ key }) => key === profile)
  return new Map(linesIn(own?.node, ''))
}

function linesIn(node: Node | undefined, label: string): readonly (readonly [string, number | undefined])[] {
  if (node?.kind === 'list') return node.items().flatMap((item, index) => linesIn(item, `${label}[${index}]`))
  return entriesOf(node).flatMap(({ key, line, node: inner }) => {
    const path = inMap(label, key)
    return [[path, line] as const, ...linesIn(inner, path)]
  })
}

function entriesOf(node: Node | undefined): readonly Entry[] {
  return node?.kind === 'mapping' ? node.entries() : []
}
