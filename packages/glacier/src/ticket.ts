import { BakthatError } from '@bakthat/errors'
import type { Ticket } from '@bakthat/storage'

import type { Window } from './windows.js'

/** A retrieval job, and which bytes of the archive it brings back. An end that is not known yet is `Infinity`. */
export interface AskedWindow extends Window {
  readonly jobId: string
}

const retrievalForm = /^retrieval(?: [\w-]{1,200}\/\d{1,15}-\d{0,15}){1,2}$/
const inventoryForm = /^inventory(?: ([\w-]{1,200}))?$/

export function retrievalTicket(windows: readonly AskedWindow[]): Ticket {
  return [
    'retrieval',
    ...windows.map(({ jobId, start, end }) => `${jobId}/${start}-${end === Infinity ? '' : end}`),
  ].join(' ')
}

/** Throws `INVALID_INPUT` for what is no ticket of a retrieval. */
export function windowsOfTicket(ticket: Ticket): AskedWindow[] {
  if (!retrievalForm.test(ticket)) throw mistake()
  return ticket
    .split(' ')
    .slice(1)
    .map((word) => {
      const [, jobId, start, end] = /^(.*)\/(\d+)-(\d*)$/.exec(word)!
      return { jobId: jobId!, start: Number(start), end: end === '' ? Infinity : Number(end) }
    })
}

/** Without a job: the vault has no inventory yet. */
export function inventoryTicket(jobId: string | undefined): Ticket {
  return jobId === undefined ? 'inventory' : `inventory ${jobId}`
}

/** Throws `INVALID_INPUT` for what is no ticket of an inventory. */
export function jobOfTicket(ticket: Ticket): string | undefined {
  const [whole, jobId] = inventoryForm.exec(ticket) ?? []
  if (whole === undefined) throw mistake()
  return jobId
}

function mistake(): BakthatError {
  return new BakthatError('INVALID_INPUT', 'the ticket is not one of this store')
}
