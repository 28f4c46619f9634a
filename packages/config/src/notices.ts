import type { ConfigFile } from './config-file.js'
import type { Conf } from './contract.js'
import { definitions } from './definitions.js'
import { shellWord } from './paths.js'

/** What the user of a file should know: who else can read or change it, and which keys do nothing. */
export function noticesOf(file: ConfigFile, profiles: ReadonlyMap<string, Conf>, chosen: Conf): readonly string[] {
  return [...accessNotices(file, [...profiles.values()]), ...legacyNotices(chosen)]
}

function accessNotices({ path, mode }: ConfigFile, profiles: readonly Conf[]): readonly string[] {
  if (process.platform === 'win32') return []
  const remedy = `chmod 600 ${shellWord(path)}`
  if ((mode & 0o002) !== 0)
    return [`every user of this machine can change ${path}, and with it the commands that it runs: ${remedy}`]
  if ((mode & 0o004) === 0 || !profiles.some((profile) => Object.keys(profile).some(holdsSecret))) return []
  return [`every user of this machine can read ${path}, which holds secrets: ${remedy}`]
}

const secretKeys = new Set(definitions.flatMap(({ key, ...rest }) => ('isSecret' in rest ? [key] : [])))

/** Whether a key is for a secret, by its definition or, where it is a plugin's, by its name. */
export function holdsSecret(key: string): boolean {
  return secretKeys.has(key) || /pass(?:word|phrase)$|secret|token/i.test(key)
}

function legacyNotices(profile: Conf): readonly string[] {
  const legacy = definitions.filter((definition) => 'isLegacy' in definition)
  return legacy
    .filter(({ key }) => Object.hasOwn(profile, key))
    .map(({ key, description }) => `${key} has no effect: it is for ${description}`)
}
