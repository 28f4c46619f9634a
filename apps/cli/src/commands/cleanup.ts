import { defineCommand } from '../command.js'
import { defined, settingsOf } from '../given.js'
import { destinationOptions, flag, groups, value } from '../options.js'
import { cleanupOutcome } from '../outcomes/cleanup.js'
import { parseSeconds } from '../seconds.js'

const options = {
  'dry-run': flag({ group: groups.target, description: 'Only tell what would be removed' }),
  'older-than': value('TIME', {
    group: groups.target,
    description: 'Leave alone what is younger, such as 12h or 7d (default: 1d)',
  }),
  ...destinationOptions,
}

export const cleanup = defineCommand({
  arguments: [],
  options,
  examples: [
    ['bakthat cleanup --dry-run', 'what interrupted backups left in the destination'],
    ['bakthat cleanup', 'remove it, and what waited for its lock to end'],
  ],
  async run({ destination, ...given }, { action: { signal }, withBakthat }) {
    const olderThan = given['older-than']
    const dryRun = given['dry-run']
    const olderThanSeconds = olderThan === undefined ? undefined : parseSeconds(olderThan, '--older-than')
    return cleanupOutcome(
      await withBakthat(settingsOf(given), (bakthat) =>
        bakthat.cleanup({ signal, ...defined({ destination, dryRun, olderThanSeconds }) }),
      ),
    )
  },
})
