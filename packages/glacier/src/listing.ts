import { BakthatError } from '@bakthat/errors'
import {
  daysAfter,
  type Availability,
  type BlobInfo,
  type Listing,
  type ListOptions,
  type Pending,
  type StatOptions,
} from '@bakthat/storage'

import { blobOf } from './archive-blob.js'
import type { Connection } from './connection.js'
import { addressOf } from './container.js'
import { isMissingInVault } from './failures.js'
import { archivesOf, dateOf } from './inventory.js'
import { outputOf } from './job-output.js'
import { beginJob, completionOf, expectationOf, failureOf, jobOf, lapseOf, type Job } from './jobs.js'
import type { Place } from './locator.js'
import type { GlacierOptions } from './options.js'
import { inventoryTicket, jobOfTicket } from './ticket.js'

/** The inventory of a vault, which Glacier takes about once a day: a job for it gives the last one that was taken. */
export async function listBlobs(
  connection: Connection,
  options: GlacierOptions,
  { prefix = '', ticket, signal }: ListOptions,
): Promise<Availability<Listing>> {
  const answer = await inventoryJob(connection, options, ticket, signal)
  if (answer.state === 'pending') return answer
  const job = answer.value
  const asOf = await takenAt(connection, options, job, signal)
  const value = { asOf, [Symbol.asyncIterator]: () => blobsOf(connection, options, job, prefix, signal) }
  return { state: 'ready', value, ...lapseOf(job) }
}

/** What the last inventory says of an archive. */
export async function statBlob(
  connection: Connection,
  options: GlacierOptions,
  { archiveId }: Place,
  { ticket, signal }: StatOptions,
): Promise<Availability<BlobInfo>> {
  const answer = await inventoryJob(connection, options, ticket, signal)
  if (answer.state === 'pending') return answer
  for await (const archive of archivesOf(connection, options, answer.value, signal)) {
    if (archive.ArchiveId === archiveId) return { state: 'ready', value: blobOf(archive) }
  }
  throw new BakthatError('NOT_FOUND', `${addressOf(connection.vault, 'the archive')} is not in the last inventory`)
}

/** A job that is done, begun where the ticket stands for none or for one that failed. `NOT_FOUND` where there is no such vault. */
async function inventoryJob(
  connection: Connection,
  options: GlacierOptions,
  ticket: string | undefined,
  signal: AbortSignal | undefined,
): Promise<Availability<Job>> {
  const asked = ticket === undefined ? undefined : jobOfTicket(ticket)
  const job = asked === undefined ? undefined : await jobOf(connection, asked, signal)
  if (job?.StatusCode === 'Succeeded') return { state: 'ready', value: job }
  if (job !== undefined && failureOf(job) === undefined)
    return { state: 'pending', ticket: inventoryTicket(asked), ...completionOf(job) }
  return begun(connection, options, signal)
}

/** Before the first inventory of a vault, which is taken within a day of its first archive, there is nothing to ask for. */
async function begun(
  connection: Connection,
  options: GlacierOptions,
  signal: AbortSignal | undefined,
): Promise<Pending> {
  const now = options.now?.() ?? new Date()
  try {
    const parameters = { Type: 'inventory-retrieval', Format: 'JSON' }
    const jobId = await beginJob(connection, 'the inventory', parameters, signal)
    return { state: 'pending', ticket: inventoryTicket(jobId), expectedAt: expectationOf(now) }
  } catch (error) {
    if (!isMissingInVault(error)) throw error
    return { state: 'pending', ticket: inventoryTicket(undefined), expectedAt: daysAfter(now, 1) }
  }
}

/** The inventory's date stands at its beginning. */
async function takenAt(
  connection: Connection,
  options: GlacierOptions,
  { JobId: jobId, InventorySizeInBytes: size = 0 }: Job,
  signal: AbortSignal | undefined,
): Promise<Date> {
  const window = { start: 0, end: Math.min(size, 4096) }
  const { chunks } = await outputOf(connection, options, jobId!, window, signal)
  const date = dateOf(Buffer.concat(chunks).toString())
  if (date !== undefined) return date
  throw new BakthatError('INTEGRITY', `the inventory of ${addressOf(connection.vault)} has no date`, {
    hint: 'ask for another one: run the same command again',
  })
}

async function* blobsOf(
  connection: Connection,
  options: GlacierOptions,
  job: Job,
  prefix: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<BlobInfo> {
  for await (const archive of archivesOf(connection, options, job, signal)) {
    const blob = blobOf(archive)
    if (blob.name.startsWith(prefix)) yield blob
  }
}
