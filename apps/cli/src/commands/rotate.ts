import { BakthatError } from '@bakthat/errors'
import { defineCommand, type Given } from '../command.js'
import { defined, settingsOf } from '../given.js'
import { amount, destinationOptions, flag, groups, keepUntilFreeOption, optional, value } from '../options.js'
import { simulationOutcome } from '../outcomes/simulation.js'
import { thinOutcome, thinOutcomes } from '../outcomes/thin.js'
import { checkCount, interval, rotationOf, rotationOptions } from '../rotation-options.js'

const options = {
  all: flag({ group: groups.filter, description: 'Rotate every name in the destination, each on its own' }),
  'dry-run': flag({ group: groups.target, description: 'Print the plan, and remove nothing' }),
  'max-removals': amount({ group: groups.target, description: 'Remove nothing where it would be more than so many' }),
  simulate: value('INTERVAL', {
    group: groups.target,
    description: 'Show what would be kept of backups made for so long, such as 2Y, and touch nothing',
  }),
  every: value('INTERVAL', { group: groups.target, description: 'How far those are apart (default: 1D)' }),
  ...rotationOptions,
  'keep-until-free': keepUntilFreeOption,
  ...destinationOptions,
}

export const rotate = defineCommand({
  arguments: [optional('name', 'Exact name of the backups to rotate')],
  options,
  examples: [
    ['bakthat rotate photos --dry-run', 'what the profile’s rotation would remove, and why the rest stays'],
    ['bakthat rotate photos', 'do it'],
    ['bakthat rotate photos --days 7 --weeks 4', 'by other rules than those of the profile'],
    ['bakthat rotate --all', 'every name of the profile'],
    ['bakthat rotate --simulate 2y --every 1d', 'what the rotation would keep, as a calendar'],
  ],
  async run(given, context, [name]) {
    checkWhat(name, given)
    return context.withBakthat(settingsOf(given), async (bakthat) => {
      const rotation = rotationOf(given)
      if (given.simulate !== undefined) {
        const every = given.every === undefined ? undefined : interval(given.every)
        const span = interval(given.simulate)
        return simulationOutcome(await bakthat.simulateRotation({ span, ...defined({ every, rotation }) }))
      }
      const how = { ...context.action, ...howOf(given), ...defined({ rotation }) }
      if (name === undefined) return thinOutcomes(await bakthat.rotateAll(how))
      return thinOutcome(await bakthat.rotate(name, how))
    })
  },
})

function howOf(given: Given<typeof options>): {
  dryRun?: boolean
  maxRemovals?: number
  keepUntilFree?: boolean
  destination?: string
} {
  return defined({
    destination: given.destination,
    dryRun: given['dry-run'],
    maxRemovals: given['max-removals'],
    keepUntilFree: given['keep-until-free'],
  })
}

/** One name, all of them, or none where nothing is to be touched. */
function checkWhat(name: string | undefined, { all, simulate, every, ...given }: Given<typeof options>): void {
  const wanted = [name !== undefined, all === true, simulate !== undefined].filter(Boolean).length
  if (wanted !== 1)
    throw new BakthatError(
      'INVALID_INPUT',
      wanted === 0 ? 'rotate needs the name of backups' : 'rotate takes one of a name, --all and --simulate',
      { hint: 'bakthat rotate NAME, bakthat rotate --all, or bakthat rotate --simulate 2y' },
    )
  if (every !== undefined && simulate === undefined)
    throw new BakthatError('INVALID_INPUT', '--every goes with --simulate', { hint: 'add --simulate 2y' })
  checkCount('max-removals', given['max-removals'])
}
