/** A configuration as the guide documents it: one profile's keys. Also what library calls take as `conf`. */
export interface Conf {
  readonly access_key?: string
  readonly secret_key?: string
  readonly s3_bucket?: string
  readonly glacier_vault?: string
  readonly region_name?: string
  readonly default_destination?: string
  readonly rotation?: {
    readonly last?: number
    readonly hours?: number
    readonly days?: number
    readonly weeks?: number
    readonly months?: number
    readonly years?: number
    readonly within?: string
    readonly first_week_day?: number | string
    readonly time_zone?: string
    readonly policy?: string
  }
  readonly plugins_dir?: string
  readonly plugins?: readonly string[]
  /** The catalog's file. */
  readonly database?: string
  /** The directory of the `local` destination. */
  readonly local_dir?: string
  readonly compression?: 'zstd' | 'gzip' | 'none'
  readonly compression_level?: number
  /** The Python tool's switch: `false` is `compression: none`, `true` is `gzip`. */
  readonly compress?: boolean
  /** age recipients: every backup of the profile is encrypted to them, and no secret is needed to write. */
  readonly recipients?: string | readonly string[]
  readonly recipients_file?: string
  /** Files with age identities, for reading. */
  readonly identity?: string | readonly string[]
  readonly password_file?: string
  /** A command that prints the passphrase: words, run without a shell; a single string is run by `sh -c`. */
  readonly password_command?: string | readonly string[]
  readonly exclude?: string | readonly string[]
  readonly tags?: string | readonly string[]
}

/** What is in force: a profile, checked and completed, with paths made absolute. */
export interface Settings {
  /** The profile's name; `default` unless asked otherwise. */
  readonly profile: string
  /** The file that it came from; `undefined` without one, or for a `conf` object. */
  readonly file: string | undefined
  readonly defaultDestination: string
  readonly database: string
  /** Where `local` puts things. */
  readonly localDir: string
  readonly compression: { readonly format: 'zstd' | 'gzip' | 'none'; readonly level?: number }
  readonly recipients: readonly string[]
  readonly recipientsFile: string | undefined
  readonly identityFiles: readonly string[]
  readonly passwordFile: string | undefined
  readonly passwordCommand: readonly string[] | undefined
  readonly exclude: readonly string[]
  readonly tags: readonly string[]
  /** The profile as written, checked: what backends and plugins read their own keys from. */
  readonly conf: Conf
}

export interface LoadSettingsOptions {
  /** A configuration object, used instead of any file. */
  readonly conf?: Conf
  /** The file asked for. Missing is `NOT_FOUND`; the default file (`BAKTHAT_CONFIG`, else `~/.bakthat.yml`) may be missing unless a profile was asked for (`BAKTHAT_CONFIG` may not). */
  readonly file?: string
  /** Default `default`. One that the file does not have is `NOT_FOUND`, and the message names those it has. */
  readonly profile?: string
  /** Default `process.env`. Read: `BAKTHAT_CONFIG`, `BAKTHAT_DATABASE`, `XDG_DATA_HOME`, `HOME`. */
  readonly env?: Readonly<Record<string, string | undefined>>
}
