import { shellWords } from '@bakthat/errors'
import type { ConfigFile } from './config-file.js'
import type { Conf } from './contract.js'
import { definitions } from './definitions.js'
import { flatten } from './flatten.js'

/** What the user of a file should know: who else can read or change it, and which keys do nothing. */
export function noticesOf(file: ConfigFile, profiles: ReadonlyMap<string, Conf>, chosen: Conf): readonly string[] {
  return [...accessNotices(file, [...profiles.values()]), ...legacyNotices(chosen)]
}

function accessNotices({ path, mode }: ConfigFile, profiles: readonly Conf[]): readonly string[] {
  if (process.platform === 'win32') return []
  const remedy = `chmod 600 ${shellWords(path)}`
  if ((mode & 0o002) !== 0)
    return [`every user of this machine can change ${path}, and with it the commands that it runs: ${remedy}`]
  if ((mode & 0o004) === 0 || !profiles.some((profile) => flatten(profile).some(([key]) => holdsSecret(key)))) return []
  return [`every user of this machine can read ${path}, which holds secrets: ${remedy}`]
}

const ours = new Map(definitions.map((definition) => [definition.key, 'isSecret' in definition]))

/** Addresses of webhooks, and what is sent along to them, are as good as passwords. */
const secretNames = /pass(?:word|phrase)$|secret|token|authorization|cookie|key$|url$|\bheaders\./i

/**
 * Whether a key is for a secret, by its definition or, where it is a plugin's, by its name, which may lead through maps:
 * `mail.password`. What names the file of a secret, or the command that prints it, is none.
 */
export function holdsSecret(key: string): boolean {
  return ours.get(key) ?? (secretNames.test(key) && !/_(?:file|command)$/.test(key))
}

function legacyNotices(profile: Conf): readonly string[] {
  const legacy = definitions.filter((definition) => 'isLegacy' in definition)
  return legacy
    .filter(({ key }) => Object.hasOwn(profile, key))
    .map(({ key, description }) => `${key} has no effect: it is for ${description}`)
}
