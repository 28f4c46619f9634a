import { writeProfile } from '@bakthat/config'
import { BakthatError } from '@bakthat/errors'
import { defineCommand, type Given } from '../command.js'
import type { Context } from '../context.js'
import { createSecretFile } from '../files.js'
import { defined } from '../given.js'
import { destinationOptions, flag, groups, promptOption, value } from '../options.js'
import { configureOutcome } from '../outcomes/configure.js'
import { changed, type Changes, type Step } from '../setup/changes.js'
import { credentialChanges, credentialOptions } from '../setup/credentials.js'
import { destinationChanges, placeOptions } from '../setup/destination.js'
import { encryptionOptions, encryptionStep, type EncryptionStep } from '../setup/encryption.js'
import { currentConf, isNew } from '../setup/profile.js'
import { tried } from '../setup/trial.js'

const options = {
  ...placeOptions,
  ...credentialOptions,
  compression: value('FORMAT', {
    group: groups.target,
    choices: ['zstd', 'gzip', 'none'] as const,
    description: 'How archives are compressed (for a new profile: zstd)',
  }),
  create: flag({ group: groups.target, description: 'Make the bucket or vault if it is not there' }),
  offline: flag({ group: groups.target, description: 'Save without trying the destination' }),
  ...encryptionOptions,
  ...destinationOptions,
  prompt: promptOption,
}

export const configure = defineCommand({
  arguments: [],
  options,
  examples: [
    ['bakthat configure', 'answer some questions'],
    ['bakthat configure -p nas --local-dir /mnt/nas --unencrypted', 'without any'],
    ['bakthat configure --bucket my-backups --new-identity ~/key.txt --create', 'a new bucket'],
  ],
  async run(given, context) {
    const conf = await currentConf(given)
    const interview = await context.questions.interview()
    const { changes: answered, identity } = await answers(given, { conf, interview }, context)
    if (Object.keys(answered).length === 0) throw nothingGiven()
    const changes = isNew(conf) ? { compression: 'zstd' as const, ...answered } : answered
    const wanted = changed(conf, changes)
    const how = { conf: wanted, interview, create: given.create === true }
    const findings = given.offline === true ? [] : await tried(how, context)
    if (identity !== undefined) await createSecretFile(identity.file, identity.text)
    const written = await writeProfile({ ...defined({ file: given.config, profile: given.profile }), changes })
    return configureOutcome({ ...written, conf: wanted, findings, ...(identity && { identity }) })
  },
})

/** What was given, and what a person answers to the rest. */
async function answers(given: Given<typeof options>, step: Step, context: Context): Promise<EncryptionStep> {
  const destination = await destinationChanges(given, step)
  const isAws = destination.default_destination === 's3' || destination.default_destination === 'glacier'
  const credentials = await credentialChanges(given, isAws ? step : { ...step, interview: undefined }, context)
  const { changes: encryption, ...rest } = await encryptionStep(given, step, context)
  const compression = await compressionChanges(given, step)
  return { changes: { ...destination, ...credentials, ...encryption, ...compression }, ...rest }
}

const formats = [
  { value: 'zstd', label: 'zstd', hint: 'faster and smaller' },
  { value: 'gzip', label: 'gzip', hint: 'for older tools' },
  { value: 'none', label: 'none' },
] as const

async function compressionChanges({ compression }: Given<typeof options>, { interview, conf }: Step): Promise<Changes> {
  const usual = conf.compression ?? (isNew(conf) ? 'zstd' : 'gzip')
  const format = compression ?? (await interview?.choose('Compression', formats, usual))
  return format === undefined ? {} : { compression: format, compress: undefined }
}

function nothingGiven(): BakthatError {
  return new BakthatError('INVALID_INPUT', 'there is nobody to ask, and nothing was given', {
    hint: 'give the answers as options: bakthat configure --help',
  })
}
