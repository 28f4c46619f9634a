import { BakthatError } from '@bakthat/errors'
import { defineCommand } from '../../command.js'
import { required } from '../../options.js'
import { unscheduledOutcome } from '../../outcomes/schedule.js'
import { schedulersFor, uninstall } from '../../schedule/schedulers.js'

export const remove = defineCommand({
  arguments: [required('schedule', 'Name of the schedule')],
  options: {},
  examples: [['bakthat schedule remove photos', 'make no more of these backups; those that were made stay']],
  async run(_, { env }, [name]) {
    const removed = await uninstall(name, schedulersFor(env))
    if (removed.length > 0) return unscheduledOutcome(name, removed)
    throw new BakthatError('NOT_FOUND', `there is no schedule ${JSON.stringify(name)}`, {
      hint: 'bakthat schedule list shows them',
    })
  },
})
