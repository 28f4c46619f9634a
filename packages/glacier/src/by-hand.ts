import { shellWords } from '@bakthat/errors'

import { defaultRegion } from './container.js'
import type { Place } from './locator.js'
import type { GlacierOptions } from './options.js'

/** Asks for an archive with the AWS CLI. It answers with the id of the job. */
export function thawLine(options: GlacierOptions, { archiveId }: Place): string {
  const job = JSON.stringify({ Type: 'archive-retrieval', ArchiveId: archiveId })
  return line(options, 'initiate-job', '--job-parameters', job)
}

/** Fetches what the job of that id has brought back. The CLI writes it into a file, and what it says of it to where the archive goes. */
export function fetchLine(options: GlacierOptions): string {
  return `{ ${line(options, 'get-job-output', '--job-id', 'JOB', 'archive')} >&2 && cat archive; }`
}

function line(
  { vault, region = defaultRegion, endpoint }: GlacierOptions,
  command: string,
  ...words: string[]
): string {
  const where = ['--account-id', '-', '--vault-name', vault, '--region', region]
  if (endpoint !== undefined) where.push('--endpoint-url', endpoint)
  return shellWords('aws', 'glacier', command, ...where, ...words)
}
