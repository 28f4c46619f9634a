import { defineCommand } from '../command.js'
import { settingsOf } from '../given.js'
import { settingsOptions, required } from '../options.js'
import { queryOutcome } from '../outcomes/query.js'

export const query = defineCommand({
  arguments: [required('sql', 'One SELECT statement')],
  options: settingsOptions,
  examples: [
    ['bakthat query "SELECT filename, sum(size) FROM backups GROUP BY filename"', 'what takes how much room'],
    ['bakthat query "SELECT sql FROM sqlite_master"', 'which tables and columns there are'],
    ['bakthat query "SELECT * FROM backups WHERE status = \'pending\'" --json', 'for a program'],
  ],
  async run(given, context, [sql]) {
    return queryOutcome(
      await context.withBakthat(settingsOf(given), async (bakthat) => (await bakthat.catalog()).query(sql)),
    )
  },
})
