/**
 * A configuration as the guide documents it: the keys of one profile, and what library calls take as `conf`.
 * `configurationKeys` says of each what it is for; `docs/configuration.md` has them all in tables.
 */
export interface Conf {
  /** Where backups go unless a call says otherwise. Default: `s3` with an `s3_bucket`, else `glacier` with a `glacier_vault`, else `local`. */
  readonly default_destination?: string
  /** The directory of the `local` destination. */
  readonly local_dir?: string
  /** The catalog's file. */
  readonly database?: string

  /** Default: what `compress` says. */
  readonly compression?: 'zstd' | 'gzip' | 'none'
  /** zstd 1 to 19, gzip 1 to 9. */
  readonly compression_level?: number
  /** The Python tool's switch: `false` is `compression: none`, `true` is `gzip`. */
  readonly compress?: boolean
  /** Patterns of what to leave out, with the meaning that they have in a `.gitignore`. */
  readonly exclude?: string | readonly string[]
  /** A string is split on spaces. */
  readonly tags?: string | readonly string[]

  /** age recipients: every backup of the profile is encrypted to them, and no secret is needed to write. */
  readonly recipients?: string | readonly string[]
  readonly recipients_file?: string
  /** Files with age identities, for reading. */
  readonly identity?: string | readonly string[]
  readonly password_file?: string
  /** A command that prints the passphrase: words, run without a shell; a single string is run by `sh -c`. */
  readonly password_command?: string | readonly string[]

  readonly rotation?: {
    readonly last?: number
    readonly hours?: number
    readonly days?: number
    readonly weeks?: number
    readonly months?: number
    readonly years?: number
    readonly within?: string
    /** 0 Monday … 6 Sunday, or a day's name. {@link Settings.conf} has the number. */
    readonly first_week_day?: number | string
    readonly time_zone?: string
    readonly policy?: string
  }

  readonly plugins_dir?: string
  readonly plugins?: string | readonly string[]

  readonly access_key?: string
  readonly secret_key?: string
  /** Of temporary credentials. */
  readonly session_token?: string
  readonly aws_profile?: string
  readonly region_name?: string
  readonly s3_bucket?: string
  readonly s3_prefix?: string
  readonly s3_reduced_redundancy?: boolean
  readonly storage_class?: string
  readonly endpoint?: string
  readonly path_style?: boolean
  readonly provider?:
    | 'aws'
    | 'minio'
    | 'ceph'
    | 'r2'
    | 'b2'
    | 'wasabi'
    | 'seaweedfs'
    | 'garage'
    | 'scaleway'
    | 'digitalocean'
    | 'hetzner'
    | 'gcs'
  readonly max_upload_parts?: number
  readonly sse?: 'AES256' | 'aws:kms' | 'aws:kms:dsse'
  readonly sse_kms_key_id?: string
  readonly object_lock?: { readonly mode: 'governance' | 'compliance'; readonly days: number }
  /** Bytes in a second, or text such as `10M`. {@link Settings.conf} has the number. */
  readonly bandwidth_limit?: number | string
  readonly glacier_vault?: string
  readonly glacier_endpoint?: string
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
  /** zstd without any configuration; for a profile or a `conf` without the key gzip, as the Python tool has it. */
  readonly compression: { readonly format: 'zstd' | 'gzip' | 'none'; readonly level?: number }
  readonly recipients: readonly string[]
  readonly recipientsFile: string | undefined
  readonly identityFiles: readonly string[]
  readonly passwordFile: string | undefined
  /** The words of the command, to be run without a shell (the first may be `sh`). */
  readonly passwordCommand: readonly string[] | undefined
  readonly exclude: readonly string[]
  readonly tags: readonly string[]
  /**
   * The profile, checked: what backends and plugins read their own keys from. Keys without a value are left out; numbers,
   * switches and names of choices are in their one form (`yes` is `true`, `10M` is 10485760), lists are arrays, paths
   * absolute. Keys that may belong to a plugin are there as written.
   */
  readonly conf: Conf
  /** What the user should know and nothing has to fail for: sentences without a full stop, never with a secret. */
  readonly notices: readonly string[]
}

export interface LoadSettingsOptions {
  /** A configuration object, used instead of any file. Relative paths in it start at the current directory. */
  readonly conf?: Conf
  /**
   * The file asked for. Missing is `INVALID_INPUT`; the default file (`BAKTHAT_CONFIG`, else `~/.bakthat.yml`) may be missing
   * unless a profile was asked for (`BAKTHAT_CONFIG` may not). Relative paths in a file start at its directory.
   */
  readonly file?: string
  /** Default `default`. One that the file does not have is `INVALID_INPUT`, and the message names those it has. */
  readonly profile?: string
  /** Default `process.env`. Read: `BAKTHAT_CONFIG`, `BAKTHAT_DATABASE`, `XDG_DATA_HOME`, `HOME`. */
  readonly env?: Readonly<Record<string, string | undefined>>
}
