import type { BackupRow, Retrieval } from '@bakthat/catalog'
import { BakthatError, isBakthatError } from '@bakthat/errors'
import { waitUntilReady, type Availability, type Bytes, type Pending, type Ticket } from '@bakthat/storage'
import type { DestinationContext } from './context.js'
import type { ActionOptions, Job, ThawOptions } from './contract.js'
import { locatorOf } from './locate.js'
import { moment } from './words.js'

type Options = Pick<ActionOptions, 'signal'> & ThawOptions

/**
 * The stored bytes of a backup. Where they are cold they are asked for, once: the ticket is kept in the catalog, and the
 * same call takes it up again, and hastens it where a faster tier is asked for now and the store can do so. Until the store
 * has them it rejects with `PENDING`, or waits if asked to. What was fetched before is given again while the store has it, and
 * asked for anew after that. `COLD` where what was asked for failed, or lapsed before anybody fetched it, for asking again
 * costs again.
 */
export async function thawed(context: DestinationContext, backup: BackupRow, options: Options): Promise<Bytes> {
  const known = context.catalog.retrievals.of(backup.id)
  const ask = (ticket: Ticket | undefined): Promise<Availability<Bytes>> => {
    const wasFetched = ticket === known?.ticket && known?.fetchedAt !== undefined
    const begin = ticket === undefined || wasFetched || options.requestAgain === true
    return retrieve(context, backup, { ...options, begin, ...(ticket !== undefined && { ticket }) })
  }
  const found = await ask(known?.ticket).catch((error: unknown) => {
    throw isBakthatError(error, 'COLD') && known !== undefined ? lapsed(backup, known, error) : error
  })
  const isToHasten = found.state === 'pending' && found.ticket === known?.ticket && options.tier !== undefined
  const first = isToHasten ? await retrieve(context, backup, { ...options, begin: true, ticket: found.ticket }) : found
  if (first.state === 'ready') return first.value
  const job = remember(context, backup, first, options)
  if (options.wait !== true) throw pending(job)
  options.onWaiting?.(job)
  const ready = await waitUntilReady(ask, {
    pause: context.pause,
    ticket: first.ticket,
    onPending: (answer) => void remember(context, backup, answer, options),
    ...(options.signal && { signal: options.signal }),
  })
  return ready.value
}

/** Says that what was asked for was fetched: it is no longer under way, and whoever needs it again later may ask anew. */
export function fetched({ catalog }: DestinationContext, { id }: BackupRow): void {
  const known = catalog.retrievals.of(id)
  // Once is enough: whoever may not write the catalog can fetch it again.
  if (known !== undefined && known.fetchedAt === undefined) catalog.retrievals.markFetched(id)
}

/** The bytes if they can be read now, at no cost: `undefined` where they are cold or on their way. */
export async function readableNow(
  context: DestinationContext,
  backup: BackupRow,
  options: Pick<ActionOptions, 'signal'>,
): Promise<Bytes | undefined> {
  const ticket = context.catalog.retrievals.of(backup.id)?.ticket
  try {
    const answer = await retrieve(context, backup, {
      ...options,
      begin: false,
      ...(ticket !== undefined && { ticket }),
    })
    return answer.state === 'ready' ? answer.value : undefined
  } catch (error) {
    if (isBakthatError(error, 'COLD')) return undefined
    throw error
  }
}

function retrieve(
  context: DestinationContext,
  backup: BackupRow,
  { signal, tier, days, begin, ticket }: Options & { readonly begin: boolean; readonly ticket?: Ticket },
): Promise<Availability<Bytes>> {
  return context.backend.retrieve(locatorOf(context, backup), {
    begin,
    ...(ticket !== undefined && { ticket }),
    ...(tier !== undefined && { tier }),
    ...(days !== undefined && { days }),
    ...(signal && { signal }),
  })
}

/** Keeps the ticket of a retrieval that was begun; one that is known already stays as it was asked for. */
function remember({ catalog }: DestinationContext, backup: BackupRow, answer: Pending, options: Options): Job {
  const { ticket, expectedAt } = answer
  if (catalog.retrievals.of(backup.id)?.ticket !== ticket)
    catalog.retrievals.remember(backup.id, {
      ticket,
      ...(options.tier !== undefined && { tier: options.tier }),
      ...(expectedAt !== undefined && { expectedAt }),
    })
  return jobOf(backup, catalog.retrievals.of(backup.id), expectedAt)
}

/** A retrieval for a reader; what the store says now of when to expect it counts more than what it said first. */
export function jobOf(backup: BackupRow, known: Retrieval | undefined, expectedAt = known?.expectedAt): Job {
  const tier = known?.tier as Job['tier']
  return {
    backup,
    askedAt: known?.askedAt ?? new Date(0),
    ...(tier !== undefined && { tier }),
    ...(expectedAt !== undefined && { expectedAt }),
  }
}

function pending({ backup, expectedAt }: Job): BakthatError {
  const when = expectedAt === undefined ? '' : `, expected by ${moment(expectedAt)}`
  return new BakthatError('PENDING', `${backup.storedFilename} is being brought back from cold storage${when}`, {
    hint: 'run the same command again then, or wait for it with --wait; bakthat jobs lists what is under way',
  })
}

function lapsed({ storedFilename }: BackupRow, { askedAt }: Retrieval, cause: BakthatError): BakthatError {
  return new BakthatError(
    'COLD',
    `${storedFilename} was asked for on ${moment(askedAt)}, and is cold now: ${cause.message}`,
    {
      hint: 'ask for it again, which costs again, with --request-again',
      cause,
    },
  )
}
