import { parseInterval, planDeletionOlderThan } from '@bakthat/rotation'
import type { DestinationContext } from './context.js'
import type { DeleteOlderThanOptions, DeleteOlderThanResult } from './thin-contract.js'
import { groupOf } from './group.js'
import { checked, planOver, thin } from './thin.js'

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
  checked(() => parseInterval(interval))
  const members = await groupOf(context, name, options)
  const plan = planOver(members, (all) => planDeletionOlderThan(all, interval, context.now(), options))
  return { interval, ...(await thin(context, name, plan, options)) }
}
