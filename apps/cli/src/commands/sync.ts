import { hostname } from 'node:os'
import { defineCommand } from '../command.js'
import { defined, settingsOf } from '../given.js'
import { destinationOptions } from '../options.js'
import { syncOutcome } from '../outcomes/sync.js'

export const sync = defineCommand({
  arguments: [],
  options: destinationOptions,
  examples: [['bakthat sync', 'on a new machine, or after the catalog was lost']],
  async run({ destination, ...given }, { action, withBakthat }) {
    const settings = settingsOf(given)
    const result = await withBakthat(settings, (bakthat) => bakthat.sync({ ...action, ...defined({ destination }) }))
    return syncOutcome(result, hostname(), settings)
  },
})
