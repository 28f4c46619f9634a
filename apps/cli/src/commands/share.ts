import { defineCommand } from '../command.js'
import { defined, settingsOf } from '../given.js'
import { destinationOptions, groups, required, value } from '../options.js'
import { shareOutcome } from '../outcomes/share.js'
import { parseSeconds } from '../seconds.js'

const options = {
  expires: value('TIME', {
    group: groups.target,
    description: 'For how long it works, such as 30m or 7d (default: 1h)',
  }),
  ...destinationOptions,
}

export const share = defineCommand({
  arguments: [required('name', 'Name of a backup, meaning its newest, or a stored name')],
  options,
  examples: [
    ['bakthat share photos --expires 1d', 'a link that works for a day'],
    ['curl -o photos.tar.zst "$(bakthat share photos)"', 'use it at once'],
  ],
  async run({ destination, expires, ...given }, { action, withBakthat }, [name]) {
    const expiresInSeconds = expires === undefined ? undefined : parseSeconds(expires, '--expires')
    return shareOutcome(
      await withBakthat(settingsOf(given), (bakthat) =>
        bakthat.share(name, { ...action, ...defined({ destination, expiresInSeconds }) }),
      ),
    )
  },
})
