import { BakthatError } from '@bakthat/errors'
import { defineCommand, type Given } from '../command.js'
import { defined, settingsOf, splitTags } from '../given.js'
import { amount, destinationOptions, flag, groups, optional, tagsOption, value } from '../options.js'
import { namesOutcome, withoutValues } from '../outcomes/names.js'
import { showOutcome } from '../outcomes/show.js'
import { parseSeconds } from '../seconds.js'

const options = {
  tags: { ...tagsOption, description: 'Only backups with all of these tags' },
  limit: amount({ group: groups.filter, alias: 'n', description: 'Only the newest so many' }),
  names: flag({ group: groups.output, description: 'One line for each name: its newest backup, how many, how much' }),
  stale: value('TIME', {
    group: groups.output,
    description: 'The same, and exit status 3 where a name has no backup of the last, say, 26h or 8d',
  }),
  ...destinationOptions,
  destination: {
    ...destinationOptions.destination,
    description: 'Only backups stored there (default: everywhere, or with -p where that profile stores)',
  },
}

export const show = defineCommand({
  arguments: [optional('query', 'Part of a name or stored name')],
  options,
  examples: [
    ['bakthat show', 'every backup'],
    ['bakthat show photos -t family', 'those named so that have a tag'],
    ['bakthat show --names', 'what there are backups of'],
    ['bakthat sync && bakthat show --stale 26h', 'is all of it still backed up? For a nightly check'],
    ['bakthat show --json | jq -r ".[].stored_filename"', 'for a script'],
  ],
  async run(given, context, [query]) {
    const byName = given.names === true || given.stale !== undefined
    checkLimit(given.limit, byName)
    const staleAfter = given.stale === undefined ? undefined : parseSeconds(given.stale, '--stale')
    const tags = given.tags && splitTags(given.tags)
    const found = await context.withBakthat(settingsOf(given), (bakthat) =>
      bakthat.show(defined({ text: query, tags, limit: given.limit, destination: given.destination })),
    )
    const backups = byName ? withoutValues(found) : found
    if (backups.length === 0) {
      refuseEmptyAnswer(query, tags)
      if (staleAfter !== undefined)
        throw new BakthatError('NOT_FOUND', 'there is no backup, old or new', { hint: noBackups(given) })
      context.action.onNotice(noBackups(given))
    }
    return byName ? namesOutcome(backups, new Date(), staleAfter) : showOutcome(backups)
  },
})

function checkLimit(limit: number | undefined, byName: boolean): void {
  if (limit === undefined) return
  if (byName)
    throw new BakthatError('INVALID_INPUT', 'names are told with all of their backups', { hint: 'leave --limit out' })
  if (!Number.isInteger(limit) || limit <= 0)
    throw new BakthatError('INVALID_INPUT', '--limit is not a whole number above 0', { hint: 'for example: -n 10' })
}

/** A question without an answer is `NOT_FOUND`; a list of all that is empty is a list. */
function refuseEmptyAnswer(query: string | undefined, tags: readonly string[] | undefined): void {
  const asked = [
    ...(query === undefined ? [] : [`named like ${JSON.stringify(query)}`]),
    ...(tags === undefined ? [] : [`tagged ${tags.join(', ')}`]),
  ]
  if (asked.length > 0)
    throw new BakthatError('NOT_FOUND', `no backup is ${asked.join(' and ')}`, { hint: 'list all with: bakthat show' })
}

function noBackups({ destination, profile }: Given<typeof options>): string {
  return destination === undefined && profile === undefined
    ? 'there are no backups yet; make one with: bakthat backup PATH'
    : 'the catalog knows of no backups there; bakthat sync looks what is stored'
}
