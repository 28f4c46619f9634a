import type { Command } from '../command.js'

/** Titles of the groups of commands, in the order in which help shows them. */
const commandGroups = {
  backups: 'Backups',
  upkeep: 'Looking after them',
  schedules: 'On a schedule',
  values: 'Values under keys',
  vaults: 'Glacier vaults',
  setup: 'Setting up',
} as const

/** A command as `bakthat --help` lists it; the rest of it is loaded when it is called. */
export interface CommandEntry {
  /** One word, or two: `kv set`. */
  readonly name: string
  readonly alias?: string
  /** The title under which help lists it. */
  readonly group: string
  readonly summary: string
  readonly load: () => Promise<Command>
}

/** Every command, in the order of `bakthat --help`. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'backup',
    group: commandGroups.backups,
    summary: 'Back a file or directory up',
    load: async () => (await import('./backup.js')).backup,
  },
  {
    name: 'show',
    alias: 'ls',
    group: commandGroups.backups,
    summary: 'List backups, newest last',
    load: async () => (await import('./show.js')).show,
  },
  {
    name: 'contents',
    group: commandGroups.backups,
    summary: 'List what is in a backup',
    load: async () => (await import('./contents.js')).contents,
  },
  {
    name: 'find',
    group: commandGroups.backups,
    summary: 'Find out which backups have a file, and in which state',
    load: async () => (await import('./find.js')).find,
  },
  {
    name: 'diff',
    group: commandGroups.backups,
    summary: 'Tell what changed between two backups',
    load: async () => (await import('./diff.js')).diff,
  },
  {
    name: 'restore',
    group: commandGroups.backups,
    summary: 'Get a backup back',
    load: async () => (await import('./restore.js')).restore,
  },
  {
    name: 'delete',
    group: commandGroups.backups,
    summary: 'Delete a backup',
    load: async () => (await import('./delete.js')).deleteCommand,
  },
  {
    name: 'share',
    group: commandGroups.backups,
    summary: 'Print a link that lets others read a backup',
    load: async () => (await import('./share.js')).share,
  },
  {
    name: 'rotate',
    alias: 'rotate_backups',
    group: commandGroups.upkeep,
    summary: 'Thin old backups out, as the rotation says',
    load: async () => (await import('./rotate.js')).rotate,
  },
  {
    name: 'delete-older-than',
    alias: 'delete_older_than',
    group: commandGroups.upkeep,
    summary: 'Delete backups by their age',
    load: async () => (await import('./delete-older-than.js')).deleteOlderThan,
  },
  {
    name: 'verify',
    group: commandGroups.upkeep,
    summary: 'Read backups back through and check them',
    load: async () => (await import('./verify.js')).verify,
  },
  {
    name: 'sync',
    group: commandGroups.upkeep,
    summary: 'Make the catalog tell what a destination holds',
    load: async () => (await import('./sync.js')).sync,
  },
  {
    name: 'cleanup',
    group: commandGroups.upkeep,
    summary: 'Remove what interrupted backups left',
    load: async () => (await import('./cleanup.js')).cleanup,
  },
  {
    name: 'jobs',
    group: commandGroups.upkeep,
    summary: 'List what was asked for of cold storage',
    load: async () => (await import('./jobs.js')).jobs,
  },
  {
    name: 'query',
    group: commandGroups.upkeep,
    summary: 'Ask the catalog a question in SQL',
    load: async () => (await import('./query.js')).query,
  },
  {
    name: 'schedule add',
    group: commandGroups.schedules,
    summary: 'Make a backup every hour, day or week',
    load: async () => (await import('./schedule/add.js')).add,
  },
  {
    name: 'schedule list',
    group: commandGroups.schedules,
    summary: 'List the schedules',
    load: async () => (await import('./schedule/list.js')).list,
  },
  {
    name: 'schedule remove',
    group: commandGroups.schedules,
    summary: 'Remove a schedule; its backups stay',
    load: async () => (await import('./schedule/remove.js')).remove,
  },
  {
    name: 'kv set',
    group: commandGroups.values,
    summary: 'Set a key to a JSON value',
    load: async () => (await import('./kv/set.js')).set,
  },
  {
    name: 'kv get',
    group: commandGroups.values,
    summary: 'Print the value of a key',
    load: async () => (await import('./kv/get.js')).get,
  },
  {
    name: 'kv delete',
    group: commandGroups.values,
    summary: 'Delete a key',
    load: async () => (await import('./kv/delete.js')).deleteKey,
  },
  {
    name: 'kv url',
    group: commandGroups.values,
    summary: 'Print a link to the value of a key',
    load: async () => (await import('./kv/url.js')).url,
  },
  {
    name: 'kv list',
    group: commandGroups.values,
    summary: 'List the keys',
    load: async () => (await import('./kv/list.js')).list,
  },
  {
    name: 'show-glacier-inventory',
    alias: 'show_glacier_inventory',
    group: commandGroups.vaults,
    summary: 'Ask a vault for its inventory, or show what it found',
    load: async () => (await import('./glacier-inventory.js')).showGlacierInventory,
  },
  {
    name: 'show-local-glacier-inventory',
    alias: 'show_local_glacier_inventory',
    group: commandGroups.vaults,
    summary: 'Show which archive holds which backup, as the catalog knows it',
    load: async () => (await import('./glacier-inventory.js')).showLocalGlacierInventory,
  },
  {
    name: 'backup-glacier-inventory',
    alias: 'backup_glacier_inventory',
    group: commandGroups.vaults,
    summary: "Write the map of the vault's archives into the S3 bucket",
    load: async () => (await import('./glacier-inventory.js')).backupGlacierInventory,
  },
  {
    name: 'restore-glacier-inventory',
    alias: 'restore_glacier_inventory',
    group: commandGroups.vaults,
    summary: "Take the map of the vault's archives in from the S3 bucket",
    load: async () => (await import('./glacier-inventory.js')).restoreGlacierInventory,
  },
  {
    name: 'migrate',
    group: commandGroups.vaults,
    summary: 'Copy backups from one destination to another',
    load: async () => (await import('./migrate.js')).migrate,
  },
  {
    name: 'configure',
    group: commandGroups.setup,
    summary: 'Set a profile up: where to, with which credentials and keys',
    load: async () => (await import('./configure.js')).configure,
  },
  {
    name: 'configure-rotation',
    alias: 'configure_backups_rotation',
    group: commandGroups.setup,
    summary: 'Say which backups a rotation keeps, and see what it comes to',
    load: async () => (await import('./configure-rotation.js')).configureRotation,
  },
  {
    name: 'config keys',
    group: commandGroups.setup,
    summary: 'List the keys that a profile can have',
    load: async () => (await import('./config-keys.js')).configKeys,
  },
  {
    name: 'config show',
    group: commandGroups.setup,
    summary: 'Show what is in force, and where each value comes from',
    load: async () => (await import('./config-show.js')).configShow,
  },
  {
    name: 'plugins',
    group: commandGroups.setup,
    summary: 'List the plugins of the profile',
    load: async () => (await import('./plugins.js')).plugins,
  },
  {
    name: 'plugin new',
    group: commandGroups.setup,
    summary: 'Begin a plugin of your own: a project that builds and is tested',
    load: async () => (await import('./plugin/new.js')).newPlugin,
  },
  {
    name: 'keygen',
    group: commandGroups.setup,
    summary: 'Make an age identity to encrypt backups to',
    load: async () => (await import('./keygen.js')).keygen,
  },
  {
    name: 'create',
    group: commandGroups.setup,
    summary: 'Make the bucket or vault of a destination',
    load: async () => (await import('./create.js')).create,
  },
  {
    name: 'recovery',
    group: commandGroups.setup,
    summary: 'Print how to get the backups back without this machine',
    load: async () => (await import('./recovery.js')).recovery,
  },
  {
    name: 'doctor',
    group: commandGroups.setup,
    summary: 'Find out what a destination is good for',
    load: async () => (await import('./doctor.js')).doctor,
  },
  {
    name: 'policy',
    group: commandGroups.setup,
    summary: 'Print what credentials must be allowed',
    load: async () => (await import('./policy.js')).policy,
  },
  {
    name: 'completion',
    group: commandGroups.setup,
    summary: 'Print what makes a shell complete commands and names',
    load: async () => (await import('./completion.js')).completion,
  },
  {
    name: 'man',
    group: commandGroups.setup,
    summary: 'Print a page of the manual',
    load: async () => (await import('./man.js')).man,
  },
  {
    name: 'version',
    group: commandGroups.setup,
    summary: 'Print the version, and that of Node',
    load: async () => (await import('./version.js')).version,
  },
]
