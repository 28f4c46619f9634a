import { defineCommand } from '../command.js'
import { defined, settingsOf } from '../given.js'
import { destinationOptions } from '../options.js'
import { recoveryOutcome } from '../outcomes/recovery.js'

export const recovery = defineCommand({
  arguments: [],
  options: destinationOptions,
  examples: [
    ['bakthat recovery > recovery.txt', 'print it, and keep it where you keep the key'],
    ['bakthat recovery -d glacier -p offsite', 'of another destination, or of another profile'],
  ],
  async run({ destination, ...given }, { withBakthat }) {
    const told = await withBakthat(settingsOf(given), (bakthat) => bakthat.recovery(defined({ destination })))
    return recoveryOutcome(told, new Date())
  },
})
