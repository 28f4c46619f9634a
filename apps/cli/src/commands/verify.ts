import { defineCommand } from '../command.js'
import { defined, settingsOf } from '../given.js'
import { decryptionKeys } from '../keys.js'
import { destinationOptions, optional, promptOption, readingKeyOptions } from '../options.js'
import { verifyOutcome } from '../outcomes/verify.js'

const options = { ...destinationOptions, ...readingKeyOptions, prompt: promptOption }

export const verify = defineCommand({
  arguments: [optional('name', 'Name of a backup, meaning its newest, or a stored name (default: all)')],
  options,
  examples: [
    ['bakthat verify', 'every backup of the destination'],
    ['bakthat verify photos --identity key.txt', 'the newest one named photos, contents too'],
  ],
  async run(given, context, [name]) {
    const keys = await decryptionKeys(given, context)
    const results = await context.withBakthat(settingsOf(given), (bakthat) =>
      bakthat.verify(name, { ...context.action, ...keys, ...defined({ destination: given.destination }) }),
    )
    if (results.length === 0) context.action.onNotice('there are no backups to verify')
    const keyGiven = keys.identities !== undefined || typeof keys.password === 'string' || context.questions.answered
    return verifyOutcome(results, keyGiven)
  },
})
