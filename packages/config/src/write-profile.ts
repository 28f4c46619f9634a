import { isUtf8 } from 'node:buffer'
import { dirname } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { BakthatError } from '@bakthat/errors'
import { readConfigFile } from './config-file.js'
import { configPath } from './config-path.js'
import type { Conf } from './contract.js'
import { definitions } from './definitions.js'
import { pathResolver, type Environment } from './paths.js'
import { parseProfiles } from './profiles.js'
import type { Changes } from './yaml-edit.js'

export interface WriteProfileOptions {
  /** Default: `BAKTHAT_CONFIG`, else `~/.bakthat.yml`. Made if it is missing. */
  readonly file?: string
  /** Default `default`. Made if it is missing. */
  readonly profile?: string
  /** The keys to set, as a file may have them. `undefined` takes a key out; in a map the same goes for each of its keys. */
  readonly changes: { readonly [Key in keyof Conf]?: unknown }
  /** Default `process.env`. */
  readonly env?: Environment
}

export interface WrittenProfile {
  readonly path: string
  readonly profile: string
  /** Whether the file was not there before. */
  readonly isNew: boolean
}

/**
 * Writes keys of one profile into the configuration file: atomically, readable to its owner alone, with every comment and
 * everything else as it was. Nothing is written that could not be read again: `INVALID_CONFIG` lists what is wrong with the
 * file as it stands, or as it would be.
 *
 * @example
 * ```ts
 * import { writeProfile } from '@bakthat/config'
 *
 * const { path } = await writeProfile({ profile: 'nas', changes: { local_dir: '/mnt/nas', compression: 'zstd' } })
 * console.log(`saved in ${path}`)
 * ```
 */
export async function writeProfile(options: WriteProfileOptions): Promise<WrittenProfile> {
  const { profile = 'default', changes, env = process.env } = options
  if (profile === '' || /\p{Cc}/u.test(profile))
    throw new BakthatError('INVALID_INPUT', 'the name of the profile is no name', { hint: 'use letters and digits' })
  const { path } = configPath(options.file, env)
  const { whileLocked } = await import('./file-lock.js')
  return whileLocked(path, (aside) => rewrite({ path, profile, changes, env, aside }))
}

interface Rewriting {
  readonly path: string
  readonly profile: string
  readonly changes: WriteProfileOptions['changes']
  readonly env: Environment
  readonly aside: string
}

async function rewrite({ path, profile, changes, env, aside }: Rewriting): Promise<WrittenProfile> {
  const file = await readConfigFile(path)
  const read = (bytes: Uint8Array): Promise<ReadonlyMap<string, Conf>> =>
    parseProfiles({ path, bytes, mode: 0o600 }, pathResolver(dirname(path), env))
  const text = new TextDecoder().decode(file?.bytes)
  const before = file === undefined || isBlank(file.bytes) ? new Map<string, Conf>() : await read(file.bytes)
  const { editProfile, missedBy } = await import('./yaml-edit.js')
  let edited = editProfile(text, profile, changes)
  const after = await read(Buffer.from(edited))
  const missed = missedBy(changes, { ...before.get(profile) }, { ...after.get(profile) })
  checkRemoved(missed, profile)
  if (Object.keys(missed).length > 0) edited = editProfile(edited, profile, missed)
  checkOthers(before, await read(Buffer.from(edited)), profile)
  await (await import('./replace-file.js')).replaceFile(path, edited, aside)
  return { path, profile, isNew: file === undefined }
}

/** Whether there is nothing but comments. What is no text in UTF-8 would not be written as it was. */
function isBlank(bytes: Uint8Array): boolean {
  return isUtf8(bytes) && !/^\s*[^\s#]/m.test(new TextDecoder().decode(bytes))
}

/** A key that would leave backups in the clear is never given nothing. */
function checkRemoved(missed: Changes, profile: string): void {
  const missing = definitions.find((known) => 'needsValue' in known && missed[known.key] !== undefined)
  if (missing === undefined) return
  throw new BakthatError('INVALID_INPUT', `profile ${JSON.stringify(profile)} has ${missing.key} by a merge key (<<)`, {
    hint: 'make this change by hand, where the key stands',
  })
}

/** A change to a map that other profiles share through an alias would change them too. */
function checkOthers(before: ReadonlyMap<string, Conf>, after: ReadonlyMap<string, Conf>, profile: string): void {
  const changed = [...before].find(([name, conf]) => name !== profile && !isDeepStrictEqual(conf, after.get(name)))
  if (changed === undefined) return
  throw new BakthatError('INVALID_INPUT', `the profile ${JSON.stringify(changed[0])} shares what would be changed`, {
    hint: 'it takes over keys by an alias (*): make this change by hand',
  })
}
