import { dirname } from 'node:path'
import { BakthatError, didYouMean } from '@bakthat/errors'
import { readConfigFile, type ConfigFile } from './config-file.js'
import { configPath } from './config-path.js'
import type { Conf, LoadSettingsOptions, Settings } from './contract.js'
import { Mistakes } from './mistakes.js'
import { noticesOf } from './notices.js'
import { isPresentable } from './node.js'
import { objectNode } from './object-node.js'
import { pathResolver, variable, type Environment } from './paths.js'
import { readProfile } from './profile.js'
import { parseProfiles } from './profiles.js'
import { settingsOf } from './settings.js'

/**
 * The settings in force: from the `conf` object, else from the profile of the file asked for, else from that of the default
 * file, else the built-in ones (destination `local`, compression zstd).
 *
 * For the catalog's place what a call says goes before the environment, and that before a file: a `conf`'s `database`,
 * `BAKTHAT_DATABASE`, the profile's `database`.
 *
 * Throws `INVALID_CONFIG` that lists every mistake of the file or object, `INVALID_INPUT` for a missing file or profile
 * and for options that cannot be meant, `PERMISSION_DENIED` for a file that cannot be read. No message repeats
 * a value of the configuration.
 *
 * @example
 * ```ts
 * import { loadSettings } from '@bakthat/config'
 *
 * const settings = await loadSettings({ conf: { local_dir: '/mnt/backups', compression: 'zstd' } })
 * console.log(settings.defaultDestination, settings.localDir)
 * ```
 */
export async function loadSettings(options: LoadSettingsOptions = {}): Promise<Settings> {
  const { conf, file, env = process.env } = options
  const profile = options.profile ?? 'default'
  if (conf !== undefined) {
    if (file === undefined) return settingsOfObject(conf, profile, env)
    throw new BakthatError('INVALID_INPUT', 'a configuration file and a conf object were both given', {
      hint: 'a conf object is used instead of any file: leave one of them out',
    })
  }
  const source = await findFile(options, env)
  return source === undefined ? builtInSettings(env) : settingsOfFile(source, profile, env)
}

/**
 * The names of the profiles in the configuration file, in their order there; none where there is no file. Throws as
 * `loadSettings` does.
 */
export async function profileNames({
  file,
  env = process.env,
}: Pick<LoadSettingsOptions, 'file' | 'env'> = {}): Promise<readonly string[]> {
  const source = await findFile(file === undefined ? {} : { file }, env)
  return source === undefined ? [] : [...(await parseProfiles(source, pathResolver(dirname(source.path), env))).keys()]
}

function builtInSettings(env: Environment): Settings {
  const origin = { profile: 'default', file: undefined, notices: [], database: databaseOf(env), env }
  return { ...settingsOf({}, origin), compression: { format: 'zstd' } }
}

function settingsOfObject(object: Conf, profile: string, env: Environment): Settings {
  const mistakes = new Mistakes('conf')
  const node = objectNode(object)
  if (node.kind !== 'mapping') throw new BakthatError('INVALID_CONFIG', 'conf must be an object of keys')
  const conf = readProfile('conf', node, { mistakes, resolvePath: pathResolver(process.cwd(), env) })
  mistakes.throwIfAny()
  return settingsOf(conf, { profile, file: undefined, notices: [], database: conf.database ?? databaseOf(env), env })
}

async function settingsOfFile(file: ConfigFile, profile: string, env: Environment): Promise<Settings> {
  const profiles = await parseProfiles(file, pathResolver(dirname(file.path), env))
  const conf = profiles.get(profile)
  if (conf === undefined) throw noProfile(profile, file.path, [...profiles.keys()])
  const notices = noticesOf(file, profiles, conf)
  return settingsOf(conf, { profile, file: file.path, notices, database: databaseOf(env) ?? conf.database, env })
}

function databaseOf(env: Environment): string | undefined {
  const path = variable(env, 'BAKTHAT_DATABASE')
  return path === undefined ? undefined : pathResolver(process.cwd(), env)(path)
}

/** The file to read: the one asked for, or the default one; `undefined` if that may be missing and is. */
async function findFile({ file, profile }: LoadSettingsOptions, env: Environment): Promise<ConfigFile | undefined> {
  const { path, isAsked } = configPath(file, env)
  const found = await readConfigFile(path)
  if (found !== undefined) return found
  if (isAsked)
    throw new BakthatError('INVALID_INPUT', `there is no configuration file ${path}`, { hint: whoAsked(file) })
  if (profile === undefined) return undefined
  throw new BakthatError('INVALID_INPUT', `there is no profile ${JSON.stringify(profile)}: ${path} does not exist`, {
    hint: 'write the file, or leave the profile out to store in a local directory',
  })
}

function whoAsked(file: string | undefined): string {
  return file === undefined ? 'mend or unset BAKTHAT_CONFIG, which names it' : 'check the path'
}

function noProfile(profile: string, path: string, names: readonly string[]): BakthatError {
  const there = names.map((name) => (isPresentable(name) ? name : JSON.stringify(name))).join(', ')
  return new BakthatError(
    'INVALID_INPUT',
    `${path} has no profile ${JSON.stringify(profile)}; it has ${there === '' ? 'none' : there}`,
    { hint: didYouMean(profile, names) ?? 'choose one of them with -p, or add it to the file' },
  )
}
