import { day, hour, minute } from '../clock.js'
import type { Fault } from '../faults.js'
import type { Answer, Request } from '../http/exchange.js'
import { damaged } from './archives.js'
import { mebibyte } from './body.js'
import { GlacierFailure, invalid, missing } from './failure.js'
import { inventoryDocument } from './inventory.js'
import { json, page, paged, valueOf } from './paging.js'
import { isNode, treeHash } from './tree-hash.js'
import type { Archive, Vault } from './vault.js'

/** How long a job takes. */
const durations: Readonly<Record<string, number>> = { Expedited: 3 * minute, Standard: 4 * hour, Bulk: 9 * hour }

/** A retrieval of an archive, or of a range of it, or of the vault's inventory. */
export interface Job {
  readonly id: string
  readonly action: 'ArchiveRetrieval' | 'InventoryRetrieval'
  readonly description: string | undefined
  readonly tier: string | undefined
  readonly archive?: Archive
  /** Of the archive; the end is exclusive. */
  readonly range: readonly [start: number, end: number]
  readonly output: Buffer
  readonly createdAt: Date
  readonly completesAt: Date
  failure?: string
}

interface JobParameters {
  readonly Type?: string
  readonly ArchiveId?: string
  readonly RetrievalByteRange?: string
  readonly Tier?: string
  readonly Format?: string
  readonly Description?: string
  readonly InventoryRetrievalParameters?: object
}

/** https://docs.aws.amazon.com/amazonglacier/latest/dev/api-initiate-job-post.html */
export function initiateJob(vault: Vault, body: Buffer, now: Date): Answer {
  const parameters = parsed(body)
  const job =
    parameters.Type === 'archive-retrieval' ? retrieval(vault, parameters, now) : inventoryJob(vault, parameters, now)
  vault.jobs.set(job.id, job)
  const location = `/111122223333/vaults/${vault.name}/jobs/${job.id}`
  return { status: 202, headers: { 'x-amz-job-id': job.id, location } }
}

function retrieval(
  vault: Vault,
  { ArchiveId = '', RetrievalByteRange, Tier = 'Standard', Description }: JobParameters,
  now: Date,
): Job {
  const archive = vault.find(ArchiveId)
  if (archive === undefined) throw missing('The archive ID was', ArchiveId)
  const duration = durations[Tier]
  if (duration === undefined) throw invalid(`Invalid retrieval tier: ${Tier}`)
  const range = retrievalRange(archive, RetrievalByteRange)
  return {
    id: vault.newId('job'),
    action: 'ArchiveRetrieval',
    description: Description,
    tier: Tier,
    archive,
    range,
    output: archive.content.subarray(...range),
    createdAt: now,
    completesAt: new Date(now.getTime() + duration),
  }
}

/** From and to a whole MiB of the archive, or to its end. */
function retrievalRange({ size }: Archive, text: string | undefined): readonly [number, number] {
  if (text === undefined) return [0, size]
  const [, first, last] = /^(\d+)-(\d+)$/.exec(text) ?? []
  const [start, end] = [Number(first), Number(last) + 1]
  if (start < end && end <= size && start % mebibyte === 0 && (end % mebibyte === 0 || end === size))
    return [start, end]
  throw invalid(`Invalid retrieval byte range: ${text}`)
}

/** It gives the inventory that was the last when it was begun. */
function inventoryJob(
  vault: Vault,
  { Type, Format = 'JSON', InventoryRetrievalParameters, Description }: JobParameters,
  now: Date,
): Job {
  if (Type !== 'inventory-retrieval') throw invalid(`Invalid job type: ${Type}`)
  if (Format !== 'JSON' || InventoryRetrievalParameters !== undefined)
    throw invalid('only whole inventories in JSON are emulated')
  const inventory = vault.inventoryAt(now)
  if (inventory === undefined) throw missing('An inventory of the vault was', vault.arn)
  const output = inventoryDocument(vault, inventory)
  return {
    id: vault.newId('job'),
    action: 'InventoryRetrieval',
    description: Description,
    tier: undefined,
    range: [0, output.length],
    output,
    createdAt: now,
    completesAt: new Date(now.getTime() + durations['Standard']!),
  }
}

/** https://docs.aws.amazon.com/amazonglacier/latest/dev/api-describe-job-get.html */
export function describeJob(vault: Vault, id: string, now: Date): Answer {
  return json(200, description(vault, jobOf(vault, id, now), now))
}

/** https://docs.aws.amazon.com/amazonglacier/latest/dev/api-jobs-get.html */
export function listJobs(vault: Vault, { query }: Request, now: Date): Answer {
  const [completed, status] = [valueOf(query, 'completed'), valueOf(query, 'statuscode')]
  const jobs = [...vault.jobs.values()].filter((job) => {
    if (isGone(job, now)) return false
    if (completed !== undefined && (completed === 'true') !== (statusOf(job, now) !== 'InProgress')) return false
    return status === undefined || status === statusOf(job, now)
  })
  const { items, marker } = page(jobs, query, 50)
  return paged(marker, { JobList: items.map((job) => description(vault, job, now)) })
}

/** https://docs.aws.amazon.com/amazonglacier/latest/dev/api-job-output-get.html */
export function jobOutput(vault: Vault, id: string, { headers }: Request, now: Date, fault: Fault | undefined): Answer {
  const job = jobOf(vault, id, now)
  if (statusOf(job, now) !== 'Succeeded') throw invalid(`The job is not currently available for download: ${id}`)
  const { output } = job
  const [start, end] = outputRange(headers.range, output.length)
  const content = output.subarray(start, end)
  const checksum = isHashed(job, start, end) ? { 'x-amz-sha256-tree-hash': treeHash(content).toString('hex') } : {}
  return {
    status: headers.range === undefined ? 200 : 206,
    headers: {
      ...checksum,
      ...(headers.range === undefined ? {} : { 'content-range': `bytes ${start}-${end - 1}/${output.length}` }),
      'accept-ranges': 'bytes',
      'content-type': job.archive === undefined ? 'application/json' : 'application/octet-stream',
    },
    body: damaged(content, fault),
  }
}

/** Ranges of the output are counted from its beginning, wherever in the archive that lies. */
function outputRange(header: string | undefined, size: number): readonly [number, number] {
  if (header === undefined) return [0, size]
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(header) ?? []
  const [start, end] = [Number(first), last === '' ? size : Number(last) + 1]
  if (start < end && end <= size) return [start, end]
  throw invalid(`Invalid range: ${header}`)
}

/** Only where what was retrieved and what is downloaded both lie under one node of the archive's tree. */
function isHashed({ archive, range }: Job, start: number, end: number): boolean {
  if (archive === undefined || !isNode(...range, archive.size)) return false
  return isNode(range[0] + start, range[0] + end, archive.size)
}

function description(vault: Vault, job: Job, now: Date): object {
  const { archive, range, output, createdAt, completesAt } = job
  const status = statusOf(job, now)
  const isCompleted = status !== 'InProgress'
  return {
    Action: job.action,
    JobId: job.id,
    JobDescription: job.description ?? null,
    VaultARN: vault.arn,
    ArchiveId: archive?.id ?? null,
    ArchiveSizeInBytes: archive?.size ?? null,
    ArchiveSHA256TreeHash: archive?.treeHash ?? null,
    RetrievalByteRange: archive === undefined ? null : `${range[0]}-${range[1] - 1}`,
    SHA256TreeHash: isHashed(job, 0, output.length) ? treeHash(output).toString('hex') : null,
    Tier: job.tier ?? null,
    InventorySizeInBytes: archive === undefined && status === 'Succeeded' ? output.length : null,
    InventoryRetrievalParameters: archive === undefined ? { Format: 'JSON' } : null,
    Completed: isCompleted,
    StatusCode: status,
    StatusMessage: job.failure ?? (isCompleted ? 'Succeeded' : null),
    CreationDate: createdAt.toISOString(),
    CompletionDate: isCompleted ? completesAt.toISOString() : null,
    SNSTopic: null,
  }
}

function statusOf({ failure, completesAt }: Job, now: Date): 'Failed' | 'Succeeded' | 'InProgress' {
  if (failure !== undefined) return 'Failed'
  return completesAt <= now ? 'Succeeded' : 'InProgress'
}

function jobOf(vault: Vault, id: string, now: Date): Job {
  const job = vault.jobs.get(id)
  if (job === undefined || isGone(job, now)) throw missing('The job ID was', id)
  return job
}

/** Jobs and their output are kept for a day. */
function isGone({ completesAt }: Job, now: Date): boolean {
  return now.getTime() - completesAt.getTime() >= day
}

function parsed(body: Buffer): JobParameters {
  try {
    return JSON.parse(body.toString()) as JobParameters
  } catch {
    throw new GlacierFailure(400, 'SerializationException', 'the body is no JSON')
  }
}
