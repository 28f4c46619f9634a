import { parseInterval, planDeletionOlderThan } from '@bakthat/rotation'
import { placeOf, type DestinationContext } from './context.js'
import type { DeleteOlderThanOptions, DeleteOlderThanResult } from './thin-contract.js'
import { groupOf } from './group.js'
import { announced, begun } from './announce.js'
import { checked, listenersOf, planOver, thin, thinned } from './thin.js'

/**
 * Removes the backups of exactly that name in this destination that are older than an interval such as `30D` or
 * `3M2D8h20m5s`: `s m h D W M Y`, a month of 30 days and a year of 365. The newest complete backup stays unless
 * `allowEmpty`; for all else that stays, and for the rest of the contract, see `rotate`.
 *
 * `NOT_FOUND` for a name that has no backups here, `INVALID_INPUT` for an interval that is empty or malformed.
 */
export async function deleteOlderThan(
  context: DestinationContext,
  name: string,
  interval: string,
  options: DeleteOlderThanOptions = {},
): Promise<DeleteOlderThanResult> {
  const listeners = listenersOf(context, options)
  await begun(listeners, { action: 'delete_older_than', name }, () => checked(() => parseInterval(interval)))
  return announced(
    listeners,
    {
      action: 'delete_older_than',
      name,
      before: (session) => ({ ...session, ...placeOf(context.backend), name, interval }),
      after: (session, outcome) => ({ ...session, ...thinned(outcome) }),
    },
    options,
    async (announcing) => {
      const members = await groupOf(context, name, announcing)
      const plan = planOver(members, (all) => planDeletionOlderThan(all, interval, context.now(), announcing))
      return { interval, ...(await thin(context, name, plan, announcing)) }
    },
  )
}
