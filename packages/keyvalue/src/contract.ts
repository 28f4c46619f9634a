import type { Conf } from '@bakthat/config'

/** Which settings apply, and where values lie. */
export interface KeyValueOptions {
  /** The documented configuration object, used instead of any file. */
  readonly conf?: Conf
  /** The configuration file. Default: `BAKTHAT_CONFIG`, else `~/.bakthat.yml` where there is one. */
  readonly config?: string
  /** Default: `default`. */
  readonly profile?: string
  /** `s3` or `local`. Default: the profile's destination; where that is a vault, `s3`. */
  readonly destination?: string
  /** The clock, for what the catalog notes. */
  readonly now?: () => Date
}

export interface KeyOptions {
  /** Stops the call: it rejects with `INTERRUPTED`. */
  readonly signal?: AbortSignal
}

export interface SetOptions extends KeyOptions {
  /** gzip. Default: yes, unless the profile says `compress: false`. */
  readonly compress?: boolean
  /** Encrypts with a passphrase, which costs a second and 256 MiB. Default, as for `recipients`: what the profile says. */
  readonly password?: string
  /** Encrypts to age recipients. Not together with `password`. */
  readonly recipients?: readonly string[]
  /**
   * Sets only if the key's value is still the one of this etag; with `null` only if it has none. `ALREADY_EXISTS` otherwise.
   * Default: the last one wins.
   */
  readonly ifMatch?: string | null
}

export interface GetOptions<D = undefined> extends KeyOptions {
  /** What a key without a value gives. Default `undefined`. */
  readonly default?: D
  /** A passphrase, or how to ask for one where the value wants it and the profile has none. */
  readonly password?: string | (() => Promise<string | undefined>)
  /** One or more `AGE-SECRET-KEY-1…` strings, tried beside the profile's identity files. */
  readonly identity?: string | readonly string[]
}

export interface DeleteOptions extends KeyOptions {
  /** Deletes only if the key's value is still the one of this etag. */
  readonly ifMatch?: string
}

/** A value, and the etag that stands for it. */
export interface Versioned<T> {
  readonly value: T
  readonly etag: string
}
