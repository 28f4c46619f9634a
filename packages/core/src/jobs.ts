import { isBakthatError } from '@bakthat/errors'
import type { Retrieval } from '@bakthat/catalog'
import { placeOf, type DestinationContext } from './context.js'
import type { ActionOptions, Backup, JobState } from './contract.js'
import { locatorOf } from './locate.js'
import { jobOf } from './thaw.js'

/**
 * Every retrieval from this destination that the catalog remembers, as it stands now, in the order in which they were asked
 * for: one small request each. Begins none.
 */
export async function jobs(
  context: DestinationContext,
  options: Pick<ActionOptions, 'signal'> = {},
): Promise<readonly JobState[]> {
  const { catalog, backend } = context
  const known = catalog.find(placeOf(backend))
  const backups = new Map(known.map((backup) => [backup.id, backup]))
  const states: JobState[] = []
  for (const retrieval of catalog.retrievals.all()) {
    const backup = backups.get(retrieval.backupId)
    if (backup !== undefined) states.push(await stateOf(context, backup, retrieval, options))
  }
  return states
}

async function stateOf(
  context: DestinationContext,
  backup: Backup,
  retrieval: Retrieval,
  { signal }: Pick<ActionOptions, 'signal'>,
): Promise<JobState> {
  const { ticket } = retrieval
  try {
    const answer = await context.backend.retrieve(locatorOf(context, backup), {
      ticket,
      begin: false,
      ...(signal && { signal }),
    })
    if (answer.state === 'pending') return { ...jobOf(backup, retrieval, answer.expectedAt), state: 'under way' }
    const readableUntil = answer.expiresAt
    return { ...jobOf(backup, retrieval), state: 'ready', ...(readableUntil !== undefined && { readableUntil }) }
  } catch (error) {
    if (isBakthatError(error, 'COLD')) return { ...jobOf(backup, retrieval), state: 'lapsed' }
    if (isBakthatError(error, 'NOT_FOUND')) return { ...jobOf(backup, retrieval), state: 'gone' }
    throw error
  }
}
