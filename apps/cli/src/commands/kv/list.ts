import { defineCommand } from '../../command.js'
import { optional } from '../../options.js'
import { keysOutcome } from '../../outcomes/kv.js'
import { storeOptions, withStore } from './store.js'

export const list = defineCommand({
  arguments: [optional('prefix', 'Only the keys that begin so')],
  options: storeOptions,
  examples: [
    ['bakthat kv list', 'every key, one a line'],
    ['bakthat kv list web/', 'those that begin with web/'],
  ],
  async run(given, { action: { signal } }, [prefix]) {
    return keysOutcome(await withStore(given, (kv) => kv.keys(prefix, { signal })))
  },
})
