import type { Options } from 'yargs'

/** A value that may be given once. */
export function value<const O extends Options>(options: O): O & { type: 'string'; requiresArg: true } {
  return { ...options, type: 'string', requiresArg: true }
}

/** A value that may be given any number of times. */
export function values<const O extends Options>(options: O): O & { type: 'string'; array: true; requiresArg: true } {
  return { ...options, type: 'string', array: true, requiresArg: true }
}

/** A number that may be given once. */
export function amount<const O extends Options>(options: O): O & { type: 'number'; requiresArg: true } {
  return { ...options, type: 'number', requiresArg: true }
}

/** A switch. */
export function flag<const O extends Options>(options: O): O & { type: 'boolean' } {
  return { ...options, type: 'boolean' }
}

/** Titles of the groups of options in `--help`, in the order in which they are shown. */
export const groups = {
  destination: 'Destination:',
  content: 'What to include:',
  target: 'Where to and how:',
  encryption: 'Encryption:',
  filter: 'Which backups:',
  output: 'Output:',
} as const

/** Options of every command. */
export const commonOptions = {
  json: flag({ group: groups.output, description: 'Print one JSON document' }),
  quiet: flag({ group: groups.output, alias: 'q', description: 'Print errors only' }),
}

/** Which settings apply. */
export const settingsOptions = {
  profile: value({ group: groups.destination, alias: 'p', description: 'Profile of the configuration' }),
  config: value({
    group: groups.destination,
    alias: 'c',
    description: 'Configuration file (default: $BAKTHAT_CONFIG, else ~/.bakthat.yml)',
  }),
}

/** Where backups lie, and which settings apply. */
export const destinationOptions = {
  destination: value({ group: groups.destination, alias: 'd', description: 'Where backups are stored, such as local' }),
  ...settingsOptions,
}

export const tagsOption = values({
  group: groups.filter,
  alias: 't',
  description: 'Tags, separated by spaces or commas; repeatable',
})

export const promptOption = value({
  group: groups.output,
  choices: ['yes', 'no'] as const,
  description: 'Ask on the terminal (default: where there is one)',
})

export const passwordFileOption = value({
  group: groups.encryption,
  description: 'File that holds the password (else $BAKTHAT_PASSWORD)',
})

/** With what encrypted backups are read. */
export const readingKeyOptions = {
  identity: values({ group: groups.encryption, description: 'File with age identities; repeatable' }),
  'password-file': passwordFileOption,
}
