import type { Glacier, GlacierJobDescription, InitiateJobInput, InitiateJobOutput } from '@aws-sdk/client-glacier'

import { pagesOf } from './pages.js'

/**
 * Has a client look for a job that it began before it begins it again: nothing can stop a job, each is paid for, and the answer
 * to the first attempt may have been lost. It is known by its description, so each has to have one of its own.
 */
export function beginJobsOnce(glacier: Glacier): void {
  const attempted = new WeakSet<object>()
  glacier.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName !== 'InitiateJobCommand') return next(args)
        const input = args.input as InitiateJobInput
        const known = attempted.has(input) ? await jobLike(glacier, input) : undefined
        attempted.add(input)
        if (known?.JobId === undefined) return next(args)
        const output: InitiateJobOutput & { $metadata: object } = { jobId: known.JobId, $metadata: {} }
        return { response: undefined, output }
      },
    // Within what repeats a request.
    { step: 'finalizeRequest', priority: 'low', name: 'beginJobsOnce' },
  )
}

/** The job of that description that is under way, if there is one. */
async function jobLike(
  glacier: Glacier,
  { accountId, vaultName, jobParameters }: InitiateJobInput,
): Promise<GlacierJobDescription | undefined> {
  const pages = pagesOf((at) => glacier.listJobs({ accountId, vaultName, statuscode: 'InProgress', ...at }))
  for await (const { JobList: jobs = [] } of pages) {
    const found = jobs.find((job) => job.JobDescription === jobParameters?.Description)
    if (found !== undefined) return found
  }
  return undefined
}
