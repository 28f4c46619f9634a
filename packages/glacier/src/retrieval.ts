import { BakthatError } from '@bakthat/errors'
import { rangeWithin, type Availability, type Bytes, type RetrieveOptions } from '@bakthat/storage'

import type { Connection } from './connection.js'
import { addressOf } from './container.js'
import { download } from './download.js'
import {
  beginJob,
  completionOf,
  expectationOf,
  failureOf,
  jobOf,
  jobsUnderWay,
  lapseOf,
  tierNames,
  type Job,
} from './jobs.js'
import { archiveSize, type Content, type Place } from './locator.js'
import type { GlacierOptions } from './options.js'
import { retrievalTicket, windowsOfTicket, type AskedWindow } from './ticket.js'
import { coverOf, type Window } from './windows.js'

/** A part of an archive, and the job that brings it back, where there is one. */
interface Retrieval {
  readonly window: Window
  readonly job: Job | undefined
}

/**
 * Begins retrieval jobs, or says how those that the ticket names are getting on, or gives the bytes. Jobs for the same bytes
 * that are under way are found again without a ticket. Those that are done are not: their output may outlive the archive.
 */
export async function retrieve(
  connection: Connection,
  options: GlacierOptions,
  place: Place,
  retrieveOptions: RetrieveOptions,
): Promise<Availability<Bytes>> {
  const { range: wanted, ticket, signal } = retrieveOptions
  const subject = addressOf(connection.vault, 'the archive')
  const windows = windowsFor(place, wanted, subject)
  const asked = ticket === undefined ? [] : checked(windowsOfTicket(ticket), windows)
  const known = await knownJobs(connection, place, windows, asked, signal)
  const retrievals = windows.map((window, index) => ({ window, job: known[index] }))
  if (!retrievals.every(isDone)) return begin(connection, options, place, retrievals, retrieveOptions)
  const content = place.content ?? contentOf(retrievals[0]!.job)
  const outputs = retrievals.map(({ window, job }) => ({
    start: window.start,
    end: Math.min(window.end, archiveSize(content.size)),
    jobId: job.JobId!,
  }))
  const range = rangeWithin(content.size, wanted, subject)
  const value = download(connection, options, content, outputs, range, signal)
  return { state: 'ready', value, ...earliestLapse(retrievals) }
}

/** Of an archive of which nothing is known but its id, all has to come back. */
function windowsFor({ content }: Place, wanted: RetrieveOptions['range'], subject: string): readonly Window[] {
  if (content === undefined) return [{ start: 0, end: Infinity }]
  return coverOf(rangeWithin(content.size, wanted, subject), archiveSize(content.size))
}

interface Done {
  readonly window: Window
  readonly job: Job
}

function isDone(retrieval: Retrieval): retrieval is Done {
  return retrieval.job?.StatusCode === 'Succeeded'
}

function contentOf({ ArchiveSizeInBytes: size = 0, ArchiveSHA256TreeHash: treeHash = '' }: Job): Content {
  return { size, treeHash }
}

function checked(asked: readonly AskedWindow[], windows: readonly Window[]): readonly AskedWindow[] {
  const isSame = windows.every(({ start, end }, index) => asked[index]?.start === start && asked[index].end === end)
  if (isSame && asked.length === windows.length) return asked
  throw new BakthatError('INVALID_INPUT', 'the ticket is for something else')
}

/** For every window the job that the ticket names or, where that is gone or has failed, another one that is under way. */
async function knownJobs(
  connection: Connection,
  { archiveId }: Place,
  windows: readonly Window[],
  asked: readonly AskedWindow[],
  signal: AbortSignal | undefined,
): Promise<readonly (Job | undefined)[]> {
  const jobs: (Job | undefined)[] = []
  for (const { jobId } of asked) jobs.push(await jobOf(connection, jobId, signal))
  if (jobs.length > 0 && jobs.every(isOfUse)) return jobs
  const others = await jobsUnderWay(connection, archiveId, signal)
  return windows.map((window, index) => {
    const job = jobs[index]
    return isOfUse(job) ? job : (newestOf(others, window) ?? job)
  })
}

function isOfUse(job: Job | undefined): job is Job {
  return job !== undefined && failureOf(job) === undefined
}

function newestOf(jobs: readonly Job[], { start, end }: Window): Job | undefined {
  return jobs
    .filter(
      ({ RetrievalByteRange: range, ArchiveSizeInBytes: size = 0 }) => range === `${start}-${Math.min(end, size) - 1}`,
    )
    .sort((one, other) => (one.CreationDate ?? '').localeCompare(other.CreationDate ?? ''))
    .at(-1)
}

/** Begins the jobs that are missing, and says when all will be done. */
async function begin(
  connection: Connection,
  options: GlacierOptions,
  { archiveId, content }: Place,
  retrievals: readonly Retrieval[],
  { begin: mayBegin = true, tier = options.tier ?? 'standard', signal }: RetrieveOptions,
): Promise<Availability<never>> {
  const asked: AskedWindow[] = []
  const expectations: Date[] = []
  for (const { window, job } of retrievals) {
    const known = isOfUse(job) ? job : undefined
    if (known === undefined && !mayBegin) throw cold(connection, job)
    const parameters = {
      Type: 'archive-retrieval',
      ArchiveId: archiveId,
      Tier: tierNames[tier],
      ...rangeOf(window, content),
    }
    const jobId = known?.JobId ?? (await beginJob(connection, 'the archive', parameters, signal))
    asked.push({ jobId, ...window })
    const { expectedAt = expectationOf(now(options), tier) } = known === undefined ? {} : completionOf(known)
    expectations.push(expectedAt)
  }
  return { state: 'pending', ticket: retrievalTicket(asked), expectedAt: latest(expectations) }
}

/** Whole archives are asked for as such. */
function rangeOf({ start, end }: Window, content: Content | undefined): { readonly RetrievalByteRange?: string } {
  if (content === undefined || (start === 0 && end === archiveSize(content.size))) return {}
  return { RetrievalByteRange: `${start}-${end - 1}` }
}

function earliestLapse(retrievals: readonly Done[]): { readonly expiresAt?: Date } {
  const lapses = retrievals.flatMap(({ job }) => lapseOf(job).expiresAt ?? [])
  return lapses.length === 0 ? {} : { expiresAt: new Date(Math.min(...lapses.map((lapse) => lapse.getTime()))) }
}

function latest(dates: readonly Date[]): Date {
  return new Date(Math.max(...dates.map((date) => date.getTime())))
}

function now({ now: clock }: GlacierOptions): Date {
  return clock?.() ?? new Date()
}

function cold({ vault }: Connection, job: Job | undefined): BakthatError {
  const failure = job && failureOf(job)
  const why =
    failure === undefined
      ? 'is not being brought back, or its output is gone again'
      : `was not brought back: the job failed: ${failure}`
  return new BakthatError('COLD', `${addressOf(vault, 'the archive')} ${why}`, {
    hint: 'ask for it, which costs money; what comes back stays for a day',
  })
}
