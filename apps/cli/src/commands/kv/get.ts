import { defineCommand } from '../../command.js'
import { decryptionKeys } from '../../keys.js'
import { promptOption, readingKeyOptions } from '../../options.js'
import { valueOutcome } from '../../outcomes/kv.js'
import { keyArgument, noSuchKey, storeOptions, withStore } from './store.js'

export const get = defineCommand({
  arguments: [keyArgument],
  options: { ...storeOptions, ...readingKeyOptions, prompt: promptOption },
  examples: [
    ['bakthat kv get settings', 'print the value as JSON, a text as it is'],
    ['bakthat kv get settings --json', 'with its etag, for kv set --if-match'],
    ['bakthat kv get token --password-file key', 'one that is encrypted'],
  ],
  async run(given, context, [key]) {
    const { identities, password } = await decryptionKeys(given, context)
    const found = await withStore(given, (kv) =>
      kv.readKey(key, {
        signal: context.action.signal,
        ...(identities && { identity: identities }),
        ...(password !== undefined && { password }),
      }),
    )
    if (found !== undefined) return valueOutcome(key, found)
    throw noSuchKey(key)
  },
})
