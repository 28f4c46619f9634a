import { defineCommand } from '../../command.js'
import { schedulesOutcome } from '../../outcomes/schedule.js'
import { listAll, schedulersFor } from '../../schedule/schedulers.js'

export const list = defineCommand({
  arguments: [],
  options: {},
  examples: [
    ['bakthat schedule list', 'what is backed up by itself, and when'],
    ['systemctl --user list-timers', 'when systemd does so next'],
  ],
  run: async (_, { env }) => schedulesOutcome(await listAll(schedulersFor(env))),
})
