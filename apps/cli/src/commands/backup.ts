import type { BackupOptions, BackupResult, Bakthat, EncryptionOptions, RotateResult, SurveyOptions } from 'bakthat'
import { BakthatError, isBakthatError } from '@bakthat/errors'
import { defineCommand, type Given } from '../command.js'
import type { Context } from '../context.js'
import { checkEncryption, encryptionKeys, givenEncryption } from '../keys.js'
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
import { defined, patternLine, settingsOf, splitTags } from '../given.js'
import type { Outcome } from '../outcome.js'
import { backupOutcome } from '../outcomes/backup.js'
import { rotatedOutcome } from '../outcomes/rotated.js'
import { surveyOutcome } from '../outcomes/survey.js'

/** What a backup is told. */
export const backupOptions = {
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
  'if-changed': flag({
    group: groups.content,
    description: 'Make none where nothing was changed since the newest one, by names, sizes, times, owners and modes',
  }),
  xattrs: flag({
    group: groups.content,
    description: 'Keep extended attributes and access control lists too (on Linux)',
  }),
  name: value('NAME', {
    group: groups.content,
    description: "Name of the backup (default: the path's last component)",
  }),
  stdin: flag({ group: groups.content, description: 'Back standard input up, as a file of the name of --name' }),
  command: value('COMMAND', {
    group: groups.content,
    description: 'Back up what this command writes, as a file of the name of --name',
  }),
  'allow-empty': flag({
    group: groups.content,
    description: 'Let standard input, or what the command writes, be empty',
  }),
  tags: { ...tagsOption, group: groups.content },
  compression: value('FORMAT', {
    group: groups.content,
    choices: ['zstd', 'gzip', 'none'] as const,
    description: 'zstd, gzip or none (default: as configured)',
  }),
  level: amount({
    group: groups.content,
    description: 'Compression level: zstd 1-19, gzip 1-9 (default: as configured, else 3 and 6)',
  }),
  'storage-class': value('CLASS', {
    group: groups.destination,
    description: 'Storage class of S3, such as DEEP_ARCHIVE',
  }),
  's3-reduced-redundancy': flag({
    group: groups.destination,
    description: 'The same as --storage-class REDUCED_REDUNDANCY',
  }),
  ...encryptionOptions,
  rotate: flag({
    group: groups.rules,
    description: 'Afterwards, rotate the backups of that name as the profile says, if this one is whole',
  }),
  prompt: promptOption,
}

export const backup = defineCommand({
  arguments: [optional('path', 'File or directory (default: the current directory)')],
  options: {
    ...backupOptions,
    'dry-run': flag({
      group: groups.content,
      description: 'Tell what would be stored and left out, and store nothing',
    }),
  },
  examples: [
    ['bakthat backup ~/photos', 'back a directory up, and ask for a password'],
    ['bakthat backup ~/photos -t "family 2026"', 'the same with two tags'],
    ['bakthat backup /etc --recipient age1…', 'encrypt to a key; see bakthat keygen'],
    ["bakthat backup . --exclude node_modules --exclude '*.log'", 'leave things out'],
    ['bakthat backup . --dry-run', 'what would be left out, and by which pattern'],
    ['bakthat backup dump.sql --name db --prompt no --json', 'from a script'],
    ['bakthat backup ~/photos --rotate', 'and thin the old ones out'],
    ['bakthat backup ~/photos --if-changed', 'every hour, and stored when there is something new'],
    ["bakthat backup --command 'pg_dump mydb' --name mydb.sql", 'a dump that never touches the disk'],
    ['bakthat backup --stdin --name mydb.sql < dump.sql', 'standard input; what fails before it is not noticed'],
  ],
  async run(given, context, [path]) {
    const compression = compressionOf(given)
    checkSource(path, given)
    checkEncryption(given)
    if (given['dry-run'] === true) return survey(path, given, context)
    const source = await sourceOf(path, given, context)
    const keys = (): Promise<EncryptionOptions> =>
      given.stdin === true ? keysOfStream(given, context) : encryptionKeys(given, context)
    return context.withBakthat(settingsOf(given), async (bakthat) => {
      const result = await bakthat.backup(source, {
        ...context.action,
        ...contentOf(given),
        keys,
        ...defined({
          ifChanged: given['if-changed'],
          allowEmpty: given['allow-empty'],
          xattrs: given.xattrs,
          tags: given.tags && splitTags(given.tags),
          compression,
          storageClass: storageClassOf(given),
        }),
      })
      if (given.rotate !== true) return backupOutcome(result)
      return rotatedOutcome(result, await rotationAfter(result, bakthat, context.action))
    })
  },
})

function contentOf(given: Given<typeof backupOptions>): SurveyOptions {
  return defined({
    destination: given.destination,
    name: given.name,
    exclude: given.exclude?.map(patternLine),
    excludeFile: given['exclude-file'],
    excludeCaches: given['exclude-caches'],
    oneFileSystem: given['one-file-system'],
  })
}

/** What such a backup would hold. Asks for no password. */
async function survey(path = '.', given: Given<typeof backupOptions>, context: Context): Promise<Outcome> {
  if (given.stdin === true || given.command !== undefined || given.rotate === true)
    throw new BakthatError('INVALID_INPUT', '--dry-run only looks at a file or directory', {
      hint: 'leave out --stdin, --command or --rotate; bakthat rotate has a --dry-run of its own',
    })
  return context.withBakthat(settingsOf(given), async (bakthat) =>
    surveyOutcome(await bakthat.survey(path, { ...context.action, ...contentOf(given) })),
  )
}

/** Standard input, which is what is backed up, cannot answer a question as well. */
async function keysOfStream(given: Given<typeof backupOptions>, context: Context): Promise<EncryptionOptions> {
  const keys = await givenEncryption(given, context)
  if (keys !== undefined || given.prompt !== 'yes') return keys ?? {}
  const refusal = new BakthatError('INVALID_INPUT', 'nobody can be asked while standard input is backed up', {
    hint: 'use --password-file, BAKTHAT_PASSWORD or --recipient, or leave --prompt yes out',
  })
  return { password: () => Promise.reject(refusal) }
}

/**
 * The rotation of the backups of that name, in the place of this one; `undefined` where this one lacks something, and older
 * ones may have it. Its failure is an answer: the backup is made, and is to be told of.
 */
async function rotationAfter(
  { filename, backend, warnings }: BackupResult,
  bakthat: Bakthat,
  action: Context['action'],
): Promise<RotateResult | BakthatError | undefined> {
  if (warnings.some(({ incomplete }) => incomplete)) return undefined
  try {
    return await bakthat.rotate(filename, { ...action, destination: backend })
  } catch (error) {
    if (isBakthatError(error) && error.code !== 'INTERRUPTED') return error
    throw error
  }
}

type Source = Parameters<Bakthat['backup']>[0]

/** What to back up is one of a path, standard input and a command. */
function checkSource(path: string | undefined, given: Given<typeof backupOptions>): void {
  const { stdin, command, 'if-changed': ifChanged } = given
  if (path === '-')
    throw new BakthatError('INVALID_INPUT', '- is no path here', {
      hint: 'for standard input give --stdin; a file of that name is ./-',
    })
  if (ifChanged === true && (stdin === true || command !== undefined))
    throw new BakthatError('INVALID_INPUT', '--if-changed is for files and directories', {
      hint: 'leave it out: whether a stream has changed is not known before it is read',
    })
  const sources = [path, stdin === true || undefined, command].filter((one) => one !== undefined)
  if (sources.length <= 1) return
  throw new BakthatError('INVALID_INPUT', 'more than one thing to back up was given', {
    hint: 'give a path, --stdin or --command',
  })
}

/**
 * Finds out what can be known of such a backup without making it: whether what was given goes together, and whether the files
 * with keys are there and hold some. Throws what the backup would.
 */
export async function checkBackup(
  path: string | undefined,
  given: Given<typeof backupOptions>,
  context: Pick<Context, 'env' | 'stdin' | 'action'>,
): Promise<void> {
  compressionOf(given)
  storageClassOf(given)
  checkSource(path, given)
  if (given.command !== undefined && given.name === undefined)
    throw new BakthatError('INVALID_INPUT', 'what a command writes has no name', {
      hint: 'give one, such as --name db.sql',
    })
  const keys = await givenEncryption(given, context)
  if (keys !== undefined && 'recipients' in keys) await (await import('@bakthat/crypto')).prepareEncryption(keys)
}

async function sourceOf(
  path: string | undefined,
  { stdin, command }: Given<typeof backupOptions>,
  context: Context,
): Promise<Source> {
  if (stdin === true) return context.stdin()
  return command === undefined ? (path ?? '.') : (await import('bakthat')).outputOf(command)
}

/** The format and level asked for. A level alone is one of the format that is configured. */
function compressionOf({ compression: format, level }: Given<typeof backupOptions>): BackupOptions['compression'] {
  if (level !== undefined && !Number.isInteger(level))
    throw new BakthatError('INVALID_INPUT', '--level is not a whole number', {
      hint: 'give 1 to 19 for zstd, 1 to 9 for gzip',
    })
  if (format === 'none' && level !== undefined)
    throw new BakthatError('INVALID_INPUT', '--level means nothing without compression', {
      hint: 'leave --level or --compression none out',
    })
  return format === undefined && level === undefined ? undefined : defined({ format, level })
}

function storageClassOf(given: Given<typeof backupOptions>): string | undefined {
  const asked = given['storage-class']
  if (given['s3-reduced-redundancy'] !== true) return asked
  if (asked === undefined) return 'REDUCED_REDUNDANCY'
  throw new BakthatError('INVALID_INPUT', '--storage-class and --s3-reduced-redundancy were both given', {
    hint: 'choose one of them',
  })
}
