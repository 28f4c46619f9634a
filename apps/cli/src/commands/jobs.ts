import { defineCommand } from '../command.js'
import { settingsOf } from '../given.js'
import { settingsOptions } from '../options.js'
import { jobsOutcome } from '../outcomes/jobs.js'

export const jobs = defineCommand({
  arguments: [],
  options: settingsOptions,
  examples: [['bakthat jobs', 'what was asked for of cold storage, and how it stands']],
  async run(given, { action: { signal }, withBakthat }) {
    return jobsOutcome(await withBakthat(settingsOf(given), (bakthat) => bakthat.jobs({ signal })))
  },
})
