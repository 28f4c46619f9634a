import { defineCommand } from '../command.js'
import { defined, settingsOf } from '../given.js'
import { destinationOptions, flag, groups, keepUntilFreeOption, required } from '../options.js'
import { thinOutcome } from '../outcomes/thin.js'

const options = {
  'dry-run': flag({ group: groups.target, description: 'Print the plan, and remove nothing' }),
  'allow-empty': flag({ group: groups.target, description: 'Delete even the newest one, if it is old enough' }),
  'keep-until-free': keepUntilFreeOption,
  ...destinationOptions,
}

export const deleteOlderThan = defineCommand({
  arguments: [
    required('name', 'Exact name of the backups'),
    required('interval', 'Age: numbers with s, m, h, D, W, M (30 days) or Y (365 days), such as 3M2D8h20m5s'),
  ],
  options,
  examples: [
    ['bakthat delete-older-than photos 30D --dry-run', 'what is older than 30 days'],
    ['bakthat delete-older-than photos 3M2D', 'delete what is older than that, but never the newest'],
  ],
  async run({ destination, ...given }, { action, withBakthat }, [name, interval]) {
    const how = defined({
      destination,
      dryRun: given['dry-run'],
      allowEmpty: given['allow-empty'],
      keepUntilFree: given['keep-until-free'],
    })
    return withBakthat(settingsOf(given), async (bakthat) =>
      thinOutcome(await bakthat.deleteOlderThan(name, interval, { ...action, ...how })),
    )
  },
})
