import { existsSync } from 'node:fs'
import { BakthatError } from '@bakthat/errors'
import type { Settings } from '@bakthat/config'
import type { Given } from '../../command.js'
import type { Context } from '../../context.js'
import { defined } from '../../given.js'
import type { Environment } from '../../host.js'
import { commonOptions } from '../../options.js'
import { parseWords } from '../../parser.js'
import { secretProxies } from '../../schedule/scheduled-command.js'
import { checkGiven, refusePassword } from '../../strictness.js'
import { backup, backupOptions, checkBackup } from '../backup.js'

/** A backup that nobody will be there for. */
export interface PlannedBackup {
  /** Whether a rotation follows. */
  readonly rotate: boolean
  /** What goes before its words. */
  readonly options: readonly string[]
  /** What a person should know. */
  readonly notes: readonly string[]
}

type GivenBackup = Given<typeof backupOptions & typeof commonOptions>

/**
 * Understands the words of a backup as `bakthat backup` does, and sees whether it can be made without a person, a terminal
 * and its environment. `rotate`: whether a rotation was asked for; by default one follows where the profile has rules.
 *
 * `INVALID_INPUT` where it cannot; errors of the configuration as they are.
 */
export async function planBackup(
  words: readonly string[],
  context: Pick<Context, 'env' | 'stdin' | 'action'>,
  { rotate: asked, quiet }: { readonly rotate: boolean | undefined; readonly quiet: boolean },
): Promise<PlannedBackup> {
  const { given, path } = readWords(words)
  const { env } = context
  await checkBackup(path, given, { ...context, env: { ...env, BAKTHAT_PASSWORD: undefined } })
  const { loadSettings } = await import('@bakthat/config')
  const settings = await loadSettings({ ...defined({ file: given.config, profile: given.profile }), env })
  const rotation = await rotationFor(settings, given.rotate ?? asked)
  const options = [
    ...(rotation.rotate && given.rotate !== true ? ['--rotate'] : []),
    ...(quiet && given.quiet !== true ? ['--quiet'] : []),
  ]
  const notes = [
    ...sourceNotes(path),
    ...rotation.notes,
    ...encryptionNotes(given, settings, env),
    ...credentialNotes(given, settings, env),
    ...proxyNotes(env),
  ]
  return { rotate: rotation.rotate, options, notes }
}

function readWords(words: readonly string[]): { readonly given: GivenBackup; readonly path: string | undefined } {
  refusePassword(words)
  const table = { ...backupOptions, ...commonOptions }
  const entry = { name: 'backup', group: '', summary: '', load: () => Promise.resolve(backup) }
  const checked = checkGiven(parseWords(['backup', ...words], table), entry, backup, table)
  const given: GivenBackup = checked.given
  const [path] = checked.words as readonly (string | undefined)[]
  if (given.prompt === 'yes' || /^\/dev\/(?:stdin|fd\/)/.test(given['password-file'] ?? ''))
    throw new BakthatError('INVALID_INPUT', 'nobody can be asked, and nothing read, when a schedule runs', {
      hint: 'name a file with --password-file, or leave --prompt out',
    })
  const useless = (['stdin', 'help', 'version'] as const).find((name) => given[name] === true)
  if (useless === undefined) return { given, path }
  throw new BakthatError('INVALID_INPUT', `a schedule cannot have --${useless}`, {
    hint: useless === 'stdin' ? "give --command 'pg_dump mydb', or a path" : 'leave it out',
  })
}

/** A disk may be mounted by then. */
function sourceNotes(path: string | undefined): readonly string[] {
  return path === undefined || existsSync(path) ? [] : [`${path} is not there at this moment: see that it will be`]
}

async function rotationFor(
  { conf, profile }: Settings,
  asked: boolean | undefined,
): Promise<{ readonly rotate: boolean; readonly notes: readonly string[] }> {
  if (asked === false) return { rotate: false, notes: [] }
  const { hasRule } = await import('@bakthat/rotation')
  if (hasRule(conf.rotation ?? {})) return { rotate: true, notes: [] }
  const lacking = `the profile ${profile} has no rotation`
  const hint = 'bakthat configure-rotation sets one'
  if (asked === true) throw new BakthatError('INVALID_INPUT', lacking, { hint: `${hint}, or say --no-rotate` })
  return { rotate: false, notes: [`old backups stay: ${lacking}; ${hint}, then add the schedule again`] }
}

/** A password of the environment is neither written down nor there when the time comes. */
function encryptionNotes(given: GivenBackup, settings: Settings, env: Environment): readonly string[] {
  const { recipients, recipientsFile, passwordFile, passwordCommand } = settings
  const ways = [given.recipient, given['recipients-file'], given['password-file']]
  const usual = [recipients[0], recipientsFile, passwordFile, passwordCommand]
  if ([...ways, ...usual].some((way) => way !== undefined)) return []
  if (env.BAKTHAT_PASSWORD === undefined) return ['the backups will not be encrypted: the profile has no key']
  throw new BakthatError('INVALID_INPUT', 'a schedule does not have the BAKTHAT_PASSWORD of this environment', {
    hint: 'write it into a file for --password-file, or set password_file or password_command in the profile',
  })
}

function proxyNotes(env: Environment): readonly string[] {
  return secretProxies(env).map(
    (name) =>
      `a schedule does not have the ${name} of this environment, with its password: set it where the scheduler's own variables are set`,
  )
}

function credentialNotes(
  given: GivenBackup,
  { conf, defaultDestination }: Settings,
  env: Environment,
): readonly string[] {
  const destination = given.destination ?? defaultDestination
  if (destination === 'local' || env.AWS_SECRET_ACCESS_KEY === undefined || conf.access_key !== undefined) return []
  return [
    'a schedule does not have the AWS keys of this environment: put them into the profile, or into ~/.aws/credentials',
  ]
}
