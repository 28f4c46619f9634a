import type { Argument, Option } from './command.js'

/** Titles of the groups of options, in the order in which help shows them. */
export const groups = {
  plugin: 'Options',
  times: 'When',
  target: 'Where to and how',
  content: 'What to include',
  rules: 'What to keep',
  filter: 'Which backups',
  cold: 'Cold storage',
  destination: 'Destination',
  encryption: 'Encryption',
  output: 'Output',
} as const

type Unkinded = Omit<Option, 'kind' | 'placeholder'>

/** An option with a value, given at most once. */
export function value<const O extends Unkinded>(placeholder: string, option: O): O & { kind: 'value' } {
  return { ...option, kind: 'value', placeholder }
}

/** An option with a value, given any number of times. */
export function values<const O extends Unkinded>(placeholder: string, option: O): O & { kind: 'values' } {
  return { ...option, kind: 'values', placeholder }
}

/** An option with a number, given at most once. */
export function amount<const O extends Unkinded>(option: O): O & { kind: 'amount' } {
  return { ...option, kind: 'amount', placeholder: 'N' }
}

/** A switch. */
export function flag<const O extends Unkinded>(option: O): O & { kind: 'flag' } {
  return { ...option, kind: 'flag' }
}

/** An argument that must be given. */
export function required(name: string, description: string): Argument & { kind: 'required' } {
  return { kind: 'required', name, description }
}

/** An argument that may be left out. */
export function optional(name: string, description: string): Argument & { kind: 'optional' } {
  return { kind: 'optional', name, description }
}

/** All the words that are left, also those after `--`. */
export function rest(name: string, description: string): Argument & { kind: 'rest' } {
  return { kind: 'rest', name, description }
}

/** Options of every command. */
export const commonOptions = {
  json: flag({ group: groups.output, description: 'Print one JSON document' }),
  quiet: flag({ group: groups.output, alias: 'q', description: 'Print errors only' }),
  verbose: flag({
    group: groups.output,
    alias: 'v',
    description: 'Print progress every second, also without a terminal',
  }),
  debug: flag({ group: groups.output, description: 'Print where an error comes from' }),
  'no-color': flag({ group: groups.output, description: 'Print no colours (as with $NO_COLOR)' }),
  help: flag({ group: groups.output, alias: 'h', description: 'Print this help' }),
  version: flag({ group: groups.output, description: 'Print the version' }),
}

/** Which profile applies. */
export const profileOptions = {
  profile: value('NAME', {
    group: groups.destination,
    alias: 'p',
    description: 'Profile of the configuration (default: the one named default)',
  }),
  config: value('FILE', {
    group: groups.destination,
    alias: 'c',
    description: 'Configuration file (default: $BAKTHAT_CONFIG, else ~/.bakthat.yml)',
  }),
}

/** Which settings apply. */
export const settingsOptions = {
  ...profileOptions,
  'no-plugins': flag({ group: groups.destination, description: 'Load none of the plugins of the profile' }),
}

/** Which settings apply, and where backups lie. */
export const destinationOptions = {
  destination: value('NAME', {
    group: groups.destination,
    alias: 'd',
    description: 'Where backups are stored: local, s3 or glacier (default: as configured)',
  }),
  ...settingsOptions,
}

export const keepUntilFreeOption = flag({
  group: groups.target,
  description: 'Delete nothing that is still paid for, but later: bakthat cleanup does it then',
})

export const tagsOption = values('TAGS', {
  group: groups.filter,
  alias: 't',
  description: 'Tags, separated by spaces or commas; repeatable',
})

export const promptOption = value('yes|no', {
  group: groups.output,
  choices: ['yes', 'no'] as const,
  description: 'Ask on the terminal (default: where there is one)',
})

const passwordFileOption = value('FILE', {
  group: groups.encryption,
  description: 'File that holds the password (default: $BAKTHAT_PASSWORD)',
})

/** With what to encrypt. */
export const encryptionOptions = {
  recipient: values('AGE1…', {
    group: groups.encryption,
    description: 'Encrypt to this age recipient; repeatable (default: as configured)',
  }),
  'recipients-file': value('FILE', {
    group: groups.encryption,
    description: 'Encrypt to the age recipients in this file',
  }),
  'password-file': passwordFileOption,
}

/** With what encrypted backups are read. */
export const readingKeyOptions = {
  identity: values('FILE', {
    group: groups.encryption,
    description: 'File with age identities; repeatable (default: as configured)',
  }),
  'password-file': passwordFileOption,
}
