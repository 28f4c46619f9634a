import type { Bakthat, Job, RestoreOptions, RestoreResult, ThawOptions } from 'bakthat'
import { BakthatError } from '@bakthat/errors'
import { defineCommand, type Given } from '../command.js'
import type { Context } from '../context.js'
import { defined, settingsOf } from '../given.js'
import { decryptionKeys } from '../keys.js'
import {
  amount,
  destinationOptions,
  flag,
  groups,
  optional,
  promptOption,
  readingKeyOptions,
  value,
  values,
} from '../options.js'
import { nothing, type Outcome } from '../outcome.js'
import { restoreOutcome } from '../outcomes/restore.js'
import { formatMoment } from '../print/dates.js'
import { parseSize } from '../size.js'

const options = {
  ...destinationOptions,
  to: value('DIR', {
    group: groups.target,
    description: 'Directory to restore into, made if missing (default: the current one)',
  }),
  only: values('PATH', {
    group: groups.target,
    description: 'Restore this path of the backup alone, and what lies below; repeatable (see bakthat contents)',
  }),
  file: value('PATH', { group: groups.target, description: 'Restore this archive file instead, without the catalog' }),
  stdout: flag({
    group: groups.target,
    description: 'Write what was backed up as a stream to standard output (of files, their tar, or one with --only)',
  }),
  overwrite: flag({ group: groups.target, description: 'Replace what is in the way' }),
  'keep-special-modes': flag({
    group: groups.target,
    description: 'Keep setuid, setgid, sticky bits and capabilities of files too',
  }),
  special: flag({ group: groups.target, description: 'Make devices and FIFOs too (as root)' }),
  sparse: flag({ group: groups.target, description: 'Make holes of zeros, as in images of disks: they take no room' }),
  'max-size': value('SIZE', { group: groups.target, description: 'Stop at more contents than this, such as 20GB' }),
  'max-entries': amount({ group: groups.target, description: 'Stop at more entries than this (default: 50 million)' }),
  'max-ratio': amount({
    group: groups.target,
    description:
      'Stop where data comes to more than N times what is stored (default: 1500 where its size is not known)',
  }),
  tier: value('TIER', {
    group: groups.cold,
    choices: ['bulk', 'standard', 'expedited'] as const,
    description: 'How fast, and how dear: bulk, standard (the default) or expedited',
  }),
  days: amount({ group: groups.cold, description: 'For how many days S3 keeps the copy readable (default: 7)' }),
  wait: flag({ group: groups.cold, description: 'Wait until it is there, which takes hours' }),
  'request-again': flag({ group: groups.cold, description: 'Ask, and pay, again for what lapsed' }),
  ...readingKeyOptions,
  prompt: promptOption,
}

export const restore = defineCommand({
  arguments: [optional('name', 'Name of a backup, meaning its newest, or a stored name')],
  options,
  examples: [
    ['bakthat restore photos', 'the newest backup named photos, into the current directory'],
    ['bakthat restore photos --to /tmp/again', 'into another directory'],
    ['bakthat restore photos.20261123211819.tar.zst', 'a certain one, by its stored name'],
    ['bakthat restore photos --only photos/2026/a.jpg --to /tmp/again', 'one file; see bakthat contents photos'],
    ['bakthat restore etc --only etc/fstab --stdout | diff - /etc/fstab', 'look at one file as it was'],
    ['bakthat restore etc --identity key.txt', 'one that was encrypted to a key'],
    ['bakthat restore old --tier bulk', 'one that is cold: run it again when it is expected'],
    ['bakthat restore --file disk/photos.tgz', 'an archive file that lies anywhere'],
    ['bakthat restore mydb.sql --stdout | psql mydb', 'a dump, straight back into the database'],
  ],
  async run(given, context, [name]) {
    if (given.stdout === true) return readOut(name, given, context)
    const restoreIt = whatToRestore(name, given.file)
    const limits = limitsOf(given)
    const result = await context.withBakthat(settingsOf(given), (bakthat) =>
      restoreIt(bakthat, {
        ...context.action,
        keys: () => decryptionKeys(given, context),
        ...thawOptions(given, context),
        ...defined({
          destination: given.destination,
          to: given.to,
          only: given.only,
          overwrite: given.overwrite,
          keepSpecialModes: given['keep-special-modes'],
          special: given.special,
          sparse: given.sparse,
          limits,
        }),
      }),
    )
    return restoreOutcome(result, given.file)
  },
})

/** Nothing is known to be whole before its end: whoever reads it has to look at the exit status too. */
async function readOut(name: string | undefined, given: Given<typeof options>, context: Context): Promise<Outcome> {
  const { file, to, overwrite, only: [only, ...more] = [] } = given
  if (name === undefined || file !== undefined || to !== undefined || overwrite === true || more.length > 0)
    throw new BakthatError('INVALID_INPUT', '--stdout wants the name of a backup, one --only at most, and no place', {
      hint: 'bakthat restore NAME --stdout',
    })
  const { signal, onNotice } = context.action
  const keys = await decryptionKeys(given, context)
  const wanted = {
    signal,
    onNotice,
    ...keys,
    ...thawOptions(given, context),
    ...defined({ only, limits: limitsOf(given), destination: given.destination }),
  }
  await context.withBakthat(settingsOf(given), (bakthat) => context.writeOut(bakthat.read(name, wanted)))
  return nothing
}

type Restore = (bakthat: Bakthat, options: RestoreOptions) => Promise<RestoreResult>

function whatToRestore(name: string | undefined, file: string | undefined): Restore {
  if (name !== undefined && file === undefined) return (bakthat, options) => bakthat.restore(name, options)
  if (name === undefined && file !== undefined) return (bakthat, options) => bakthat.restoreFile(file, options)
  throw new BakthatError(
    'INVALID_INPUT',
    name === undefined ? 'restore needs the name of a backup' : 'restore takes a name or --file, not both',
    { hint: 'bakthat restore NAME, or bakthat restore --file PATH; bakthat show lists the names' },
  )
}

function limitsOf(given: Given<typeof options>): RestoreOptions['limits'] {
  const size = given['max-size']
  const limits = defined({
    maxBytes: size === undefined ? undefined : parseSize(size, '--max-size'),
    maxEntries: positive(given['max-entries'], '--max-entries'),
    maxRatio: positive(given['max-ratio'], '--max-ratio'),
  })
  return Object.keys(limits).length === 0 ? undefined : limits
}

function positive(number: number | undefined, option: string): number | undefined {
  if (number === undefined || number > 0) return number
  throw new BakthatError('INVALID_INPUT', `${option} is not a number above 0`, { hint: `for example: ${option} 1000` })
}

function thawOptions(given: Given<typeof options>, { action }: Context): ThawOptions {
  return {
    ...defined({
      tier: given.tier,
      days: wholeDays(given.days),
      wait: given.wait,
      requestAgain: given['request-again'],
    }),
    ...(given.wait === true && {
      onWaiting: (job) => {
        action.onNotice(waitingText(job))
      },
    }),
  }
}

function waitingText({ backup, expectedAt }: Job): string {
  const when = expectedAt === undefined ? '' : `, expected by ${formatMoment(expectedAt)}`
  return `waiting for ${backup.storedFilename} from cold storage${when}`
}

function wholeDays(days: number | undefined): number | undefined {
  if (days === undefined || (Number.isInteger(days) && days > 0)) return days
  throw new BakthatError('INVALID_INPUT', '--days is not a whole number above 0', { hint: 'for example: --days 7' })
}
