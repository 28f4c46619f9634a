import type { BackupOptions } from 'bakthat'
import { BakthatError } from '@bakthat/errors'
import { defineCommand, type Given } from '../command.js'
import { encryptionKeys } from '../keys.js'
import {
  amount,
  destinationOptions,
  encryptionOptions,
  flag,
  groups,
  optional,
  promptOption,
  tagsOption,
  value,
  values,
} from '../options.js'
import { defined, settingsOf, splitTags } from '../given.js'
import { backupOutcome } from '../outcomes/backup.js'

const options = {
  ...destinationOptions,
  exclude: values('PATTERN', {
    group: groups.content,
    description: 'Leave out what matches this pattern (as in .gitignore); repeatable',
  }),
  'exclude-file': value('FILE', {
    group: groups.content,
    description: 'File of patterns (default: .bakthatexclude, else .gitignore, in the directory)',
  }),
  'exclude-caches': flag({ group: groups.content, description: 'Leave out what CACHEDIR.TAG marks as a cache' }),
  'one-file-system': flag({ group: groups.content, description: 'Do not enter other file systems' }),
  name: value('NAME', {
    group: groups.content,
    description: "Name of the backup (default: the path's last component)",
  }),
  tags: { ...tagsOption, group: groups.content },
  compression: value('FORMAT', {
    group: groups.content,
    choices: ['zstd', 'gzip', 'none'] as const,
    description: 'zstd, gzip or none (default: as configured, else zstd)',
  }),
  level: amount({ group: groups.content, description: 'Compression level: zstd 1-19, gzip 1-9' }),
  ...encryptionOptions,
  prompt: promptOption,
}

export const backup = defineCommand({
  arguments: [optional('path', 'File or directory (default: the current directory)')],
  options,
  examples: [
    ['bakthat backup ~/photos', 'back a directory up, and ask for a password'],
    ['bakthat backup ~/photos -t "family 2026"', 'the same with two tags'],
    ['bakthat backup /etc --recipient age1…', 'encrypt to a key; see bakthat keygen'],
    ["bakthat backup . --exclude node_modules --exclude '*.log'", 'leave things out'],
    ['bakthat backup dump.sql --name db --prompt no --json', 'from a script'],
  ],
  async run(given, context, [path = '.']) {
    const compression = compressionOf(given)
    const keys = await encryptionKeys(given, context)
    const result = await context.withBakthat(settingsOf(given), (bakthat) =>
      bakthat.backup(path, {
        ...context.action,
        ...keys,
        ...defined({
          destination: given.destination,
          name: given.name,
          exclude: given.exclude,
          excludeFile: given['exclude-file'],
          excludeCaches: given['exclude-caches'],
          oneFileSystem: given['one-file-system'],
          tags: given.tags && splitTags(given.tags),
          compression,
        }),
      }),
    )
    return backupOutcome(result)
  },
})

/** The format and level asked for. A level alone is one of the format that is configured. */
function compressionOf({ compression: format, level }: Given<typeof options>): BackupOptions['compression'] {
  if (level !== undefined && !Number.isInteger(level))
    throw new BakthatError('INVALID_INPUT', '--level is not a whole number', {
      hint: 'give 1 to 19 for zstd, 1 to 9 for gzip',
    })
  return format === undefined && level === undefined ? undefined : defined({ format, level })
}
