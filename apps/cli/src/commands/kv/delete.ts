import { defineCommand } from '../../command.js'
import { deletedOutcome } from '../../outcomes/kv.js'
import { keyArgument, noSuchKey, storeOptions, withStore } from './store.js'

export const deleteKey = defineCommand({
  arguments: [keyArgument],
  options: storeOptions,
  examples: [['bakthat kv delete settings', 'delete a key and its value']],
  async run(given, { action: { signal } }, [key]) {
    await withStore(given, async (kv) => {
      const isThere = await kv.hasKey(key, { signal })
      // Of a value that is gone already, the catalog may still tell.
      await kv.deleteKey(key, { signal })
      if (!isThere) throw noSuchKey(key)
    })
    return deletedOutcome(key)
  },
})
