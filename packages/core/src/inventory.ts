import { BakthatError } from '@bakthat/errors'
import type { Listing, Pending } from '@bakthat/storage'
import type { DestinationContext } from './context.js'
import type { ActionOptions } from './contract.js'
import { moment } from './words.js'

/**
 * Lists a destination once. Where that takes a job it is begun, its ticket kept in the catalog, and `PENDING` until the
 * job is done: the same call takes it up again, from any process with this catalog.
 */
export async function listBlobs(
  { backend, catalog }: DestinationContext,
  { signal }: Pick<ActionOptions, 'signal'> = {},
): Promise<Listing> {
  const known = catalog.listings.of(backend.container)
  const answer = await backend.list({ ...(known && { ticket: known.ticket }), ...(signal && { signal }) })
  if (answer.state === 'ready') return answer.value
  if (answer.ticket !== known?.ticket) catalog.listings.remember(backend.container, answer)
  throw pending(backend.scheme, answer)
}

function pending(scheme: string, { expectedAt }: Pending): BakthatError {
  const when = expectedAt === undefined ? '' : `, expected by ${moment(expectedAt)}`
  return new BakthatError('PENDING', `the inventory of ${scheme} was asked for${when}`, {
    hint: 'run the same command again then',
  })
}
