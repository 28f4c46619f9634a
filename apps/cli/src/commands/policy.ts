import { BakthatError } from '@bakthat/errors'
import { defineCommand } from '../command.js'
import { defined, settingsOf } from '../given.js'
import { destinationOptions, groups, value } from '../options.js'
import { policyOutcome } from '../outcomes/policy.js'

const roles = ['writer', 'rotator', 'reader', 'admin'] as const

const options = {
  role: value('ROLE', {
    group: groups.target,
    choices: roles,
    description:
      'writer stores, and can neither read nor remove; rotator lists and removes; reader reads; admin does all',
  }),
  ...destinationOptions,
}

export const policy = defineCommand({
  arguments: [],
  options,
  examples: [['bakthat policy --role writer -d s3', 'for a machine that must not be able to read or remove backups']],
  async run({ destination, role, ...given }, { withBakthat }) {
    if (role === undefined)
      throw new BakthatError('INVALID_INPUT', 'policy needs a role', { hint: `--role ${roles.join(', --role ')}` })
    return policyOutcome(
      await withBakthat(settingsOf(given), (bakthat) => bakthat.policy(role, defined({ destination }))),
    )
  },
})
