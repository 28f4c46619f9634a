import { defineCommand } from '../command.js'
import { defined, settingsOf } from '../given.js'
import { destinationOptions } from '../options.js'
import { createOutcome } from '../outcomes/create.js'

export const create = defineCommand({
  arguments: [],
  options: destinationOptions,
  examples: [
    ['bakthat create -d s3', 'the bucket that the profile names'],
    ['bakthat create -d glacier', 'the vault that it names'],
  ],
  async run({ destination, ...given }, { action: { signal }, withBakthat }) {
    return createOutcome(
      await withBakthat(settingsOf(given), (bakthat) => bakthat.create({ signal, ...defined({ destination }) })),
    )
  },
})
