import type { BackupOptions, OpenOptions } from 'bakthat'

/** Which settings apply, and how all backups of a script are made. */
export interface BakHelperOptions extends OpenOptions {
  readonly destination?: string
  readonly tags?: readonly string[]
  /** A passphrase to encrypt and restore with. Default: what the profile says. */
  readonly password?: string
  /** age recipients. Not together with `password`. */
  readonly recipients?: BackupOptions['recipients']
}

export interface OpenBakHelperOptions extends BakHelperOptions {
  /** Whether the private directory becomes the working directory of this process. Default true. */
  readonly chdir?: boolean
}

export interface RunOptions {
  /** The file, in the private directory, that takes what the command writes on its standard output. */
  readonly stdout?: string
  /** Added to the environment: the place for passwords, for arguments are seen by everybody on the machine. */
  readonly env?: Readonly<Record<string, string>>
}
