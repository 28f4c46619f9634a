import { defineCommand } from '../command.js'
import { settingsOf } from '../given.js'
import { destinationOptions } from '../options.js'
import { jobsOutcome } from '../outcomes/jobs.js'

const { profile, config } = destinationOptions

export const jobs = defineCommand({
  arguments: [],
  options: { profile, config },
  examples: [['bakthat jobs', 'what was asked for of cold storage, and how it stands']],
  async run(given, { action: { signal }, withBakthat }) {
    return jobsOutcome(await withBakthat(settingsOf(given), (bakthat) => bakthat.jobs({ signal })))
  },
})
