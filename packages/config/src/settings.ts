import { join } from 'node:path'
import type { Conf, Settings } from './contract.js'
import { dataHome, home, type Environment } from './paths.js'
import { compressionFormat } from './profile-rules.js'

/** What a profile is completed to. */
export interface Origin {
  readonly profile: string
  readonly file: string | undefined
  readonly notices: readonly string[]
  /** The catalog's file, where it was said. */
  readonly database: string | undefined
  readonly env: Environment
}

/** The settings of a checked profile. */
export function settingsOf(conf: Conf, { profile, file, notices, database, env }: Origin): Settings {
  return {
    profile,
    file,
    defaultDestination: conf.default_destination ?? destinationFor(conf),
    database: database ?? join(home(env), '.bakthat.sqlite'),
    localDir: conf.local_dir ?? join(dataHome(env), 'bakthat'),
    compression: {
      format: compressionFormat(conf),
      ...(conf.compression_level !== undefined && { level: conf.compression_level }),
    },
    recipients: list(conf.recipients),
    recipientsFile: conf.recipients_file,
    identityFiles: list(conf.identity),
    passwordFile: conf.password_file,
    passwordCommand: commandOf(conf.password_command),
    exclude: list(conf.exclude),
    tags: list(conf.tags),
    conf,
    notices,
  }
}

/** The Python tool asks for a destination and takes S3 if it gets none; here a profile without S3 says so by its keys. */
function destinationFor({ s3_bucket: bucket, glacier_vault: vault }: Conf): string {
  if (bucket !== undefined) return 's3'
  return vault === undefined ? 'local' : 'glacier'
}

function commandOf(command: Conf['password_command']): readonly string[] | undefined {
  return typeof command === 'string' ? ['sh', '-c', command] : command
}

function list(value: string | readonly string[] | undefined): readonly string[] {
  return typeof value === 'string' ? [value] : (value ?? [])
}
