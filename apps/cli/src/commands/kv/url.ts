import { defineCommand } from '../../command.js'
import { amount, groups } from '../../options.js'
import { urlOutcome } from '../../outcomes/kv.js'
import { keyArgument, storeOptions, withStore } from './store.js'

const hour = 3600

export const url = defineCommand({
  arguments: [keyArgument],
  options: {
    ...storeOptions,
    seconds: amount({ group: groups.target, description: 'For how long the link works (default: 3600)' }),
  },
  examples: [['curl "$(bakthat kv url settings --seconds 60)" | gunzip', 'read a value elsewhere, without any keys']],
  async run(given, { action: { signal } }, [key]) {
    return urlOutcome(key, await withStore(given, (kv) => kv.getKeyUrl(key, given.seconds ?? hour, 'GET', { signal })))
  },
})
