import { defineCommand } from '../command.js'
import { defined, settingsOf } from '../given.js'
import { flag, groups, keepUntilFreeOption, settingsOptions, value } from '../options.js'
import { migrateOutcome } from '../outcomes/migrate.js'

const options = {
  from: value('NAME', { group: groups.target, description: 'Destination to copy from (default: glacier)' }),
  to: value('NAME', { group: groups.target, description: 'Destination to copy to (default: s3)' }),
  'storage-class': value('CLASS', {
    group: groups.target,
    description: 'How S3 keeps the copies, such as deep_archive',
  }),
  tier: value('TIER', {
    group: groups.target,
    choices: ['bulk', 'standard', 'expedited'] as const,
    description: 'How fast cold backups are brought back (default: standard)',
  }),
  'request-again': flag({
    group: groups.target,
    description: 'Pay again for what was brought back and not copied in time',
  }),
  'delete-source': flag({
    group: groups.target,
    description: 'Delete each backup where it was once its copy is confirmed',
  }),
  'keep-until-free': keepUntilFreeOption,
  ...settingsOptions,
}

export const migrate = defineCommand({
  arguments: [],
  options,
  examples: [
    ['bakthat migrate --from glacier --to s3 --tier bulk', 'ask, and copy what is there'],
    ['bakthat migrate --delete-source --keep-until-free', 'and delete in the vault what is no longer paid for'],
  ],
  async run({ from, to, tier, ...given }, { action, withBakthat }) {
    const how = defined({
      from,
      to,
      tier,
      storageClass: given['storage-class'],
      requestAgain: given['request-again'],
      deleteSource: given['delete-source'],
      keepUntilFree: given['keep-until-free'],
    })
    return migrateOutcome(await withBakthat(settingsOf(given), (bakthat) => bakthat.migrate({ ...action, ...how })))
  },
})
