import { randomUUID } from 'node:crypto'

import type { GlacierJobDescription, JobParameters } from '@aws-sdk/client-glacier'
import { BakthatError } from '@bakthat/errors'
import type { RetrievalTier } from '@bakthat/storage'

import type { Connection } from './connection.js'
import { isMissingInVault } from './failures.js'
import { pagesOf } from './pages.js'

/** A job as Glacier describes it. */
export type Job = GlacierJobDescription

const hour = 3_600_000

/** Hours after which Glacier promises what was asked for, at the latest; a day more is how long it then stays. */
const hours: Readonly<Record<RetrievalTier, number>> = { expedited: 1, standard: 5, bulk: 12 }
const hoursKept = 24

/** What Glacier calls a tier. */
export const tierNames: Readonly<Record<RetrievalTier, string>> = {
  expedited: 'Expedited',
  standard: 'Standard',
  bulk: 'Bulk',
}

/** When a job that began then is done at the latest. Inventories have no tiers, and take what is standard. */
export function expectationOf(begun: Date, tier: RetrievalTier = 'standard'): Date {
  return new Date(begun.getTime() + hours[tier] * hour)
}

/** When a job that is under way is done at the latest. */
export function completionOf({ CreationDate: begun, Tier: name }: Job): { readonly expectedAt?: Date } {
  const tier = (Object.keys(tierNames) as RetrievalTier[]).find((one) => tierNames[one] === name)
  return begun === undefined ? {} : { expectedAt: expectationOf(new Date(begun), tier) }
}

/** Until when the output of a job that is done stays. */
export function lapseOf({ CompletionDate: completed }: Job): { readonly expiresAt?: Date } {
  return completed === undefined ? {} : { expiresAt: new Date(new Date(completed).getTime() + hoursKept * hour) }
}

/** Begins a job, and gives its id. It is begun once, whatever becomes of the answer: see {@link beginJobsOnce}. */
export async function beginJob(
  connection: Connection,
  what: string,
  jobParameters: JobParameters,
  signal: AbortSignal | undefined,
): Promise<string> {
  const own = { ...jobParameters, Description: `bakthat ${randomUUID()}` }
  const { jobId } = await connection.request(what, signal, (glacier, options) =>
    glacier.initiateJob({ accountId: '-', vaultName: connection.vault, jobParameters: own }, options),
  )
  if (jobId !== undefined) return jobId
  throw new BakthatError('UNAVAILABLE', 'the server gives no id to the job', { hint: 'try again later' })
}

/**
 * Asks how a job is getting on; `undefined` for one that Glacier no longer knows.
 */
export async function jobOf(
  connection: Connection,
  jobId: string,
  signal: AbortSignal | undefined,
): Promise<Job | undefined> {
  const asking = connection.request('the job', signal, (glacier, options) =>
    glacier.describeJob({ accountId: '-', vaultName: connection.vault, jobId }, options),
  )
  return asking.catch((error: unknown) => {
    if (!isMissingInVault(error)) throw error
    return undefined
  })
}

/** Why a job failed, in Glacier's words; `undefined` for one that did not. */
export function failureOf({
  StatusCode: status,
  StatusMessage: words = 'no reason was given',
}: Job): string | undefined {
  return status === 'Failed' ? words.replace(/\s+/g, ' ').replace(/\.$/, '') : undefined
}

/** Retrievals of an archive that are under way. */
export async function jobsUnderWay(
  connection: Connection,
  archiveId: string,
  signal: AbortSignal | undefined,
): Promise<readonly Job[]> {
  const jobs: Job[] = []
  const pages = pagesOf((at) =>
    connection.request(undefined, signal, (glacier, options) =>
      glacier.listJobs({ accountId: '-', vaultName: connection.vault, statuscode: 'InProgress', ...at }, options),
    ),
  )
  for await (const { JobList = [] } of pages) jobs.push(...JobList.filter((job) => job.ArchiveId === archiveId))
  return jobs
}
