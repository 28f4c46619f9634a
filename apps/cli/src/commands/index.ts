import type { Command } from '../command.js'

/** A command as `bakthat --help` lists it; the rest of it is loaded when it is called. */
export interface CommandEntry {
  readonly name: string
  readonly alias?: string
  /** The positional argument as the usage line shows it, in brackets if it may be left out; `undefined` if there is none. */
  readonly argument?: string
  readonly summary: string
  readonly load: () => Promise<Command>
}

/** Every command, in the order of `bakthat --help`. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'backup',
    argument: '[path]',
    summary: 'Back a file or directory up',
    load: async () => (await import('./backup.js')).backup,
  },
  {
    name: 'show',
    alias: 'ls',
    argument: '[query]',
    summary: 'List backups, newest last',
    load: async () => (await import('./show.js')).show,
  },
  {
    name: 'restore',
    argument: '[name]',
    summary: 'Get a backup back',
    load: async () => (await import('./restore.js')).restore,
  },
  {
    name: 'delete',
    argument: '<name>',
    summary: 'Delete a backup',
    load: async () => (await import('./delete.js')).deleteCommand,
  },
  {
    name: 'verify',
    argument: '[name]',
    summary: 'Read backups back through and check them',
    load: async () => (await import('./verify.js')).verify,
  },
  {
    name: 'sync',
    summary: 'Make the catalog tell what a destination holds',
    load: async () => (await import('./sync.js')).sync,
  },
  {
    name: 'keygen',
    argument: '[file]',
    summary: 'Make an age identity to encrypt backups to',
    load: async () => (await import('./keygen.js')).keygen,
  },
]
