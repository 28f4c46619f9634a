import type { RestoreObjectCommandInput } from '@aws-sdk/client-s3'
import { BakthatError, isBakthatError } from '@bakthat/errors'
import type { Ticket } from '@bakthat/storage'

import type { Connection } from './connection.js'
import type { Head } from './heads.js'
import type { Place } from './keys.js'
import type { RestoreTier, S3Options } from './options.js'

/** Whether an object can be read now, and how long. */
export type Warmth =
  | { readonly state: 'readable'; readonly until?: Date }
  | { readonly state: 'thawing'; readonly archive: Archive }
  | { readonly state: 'cold'; readonly archive: Archive }

type Archive = 'GLACIER' | 'DEEP_ARCHIVE' | 'ARCHIVE_ACCESS' | 'DEEP_ARCHIVE_ACCESS'

/** Hours after which S3 promises what was asked for, at the latest. */
const hours: Readonly<Record<Archive, Readonly<Record<RestoreTier, number>>>> = {
  GLACIER: { Expedited: 1, Standard: 5, Bulk: 12 },
  DEEP_ARCHIVE: { Expedited: 12, Standard: 12, Bulk: 48 },
  ARCHIVE_ACCESS: { Expedited: 1, Standard: 5, Bulk: 12 },
  DEEP_ARCHIVE_ACCESS: { Expedited: 12, Standard: 12, Bulk: 48 },
}

/** The storage classes whose objects must be thawed before they are read. */
export const coldClasses: readonly string[] = ['GLACIER', 'DEEP_ARCHIVE']

/** What the answer to HEAD says of an object's warmth. */
export function warmthOf({ StorageClass, ArchiveStatus, Restore }: Head): Warmth {
  const archive = ArchiveStatus ?? StorageClass
  if (!isArchive(archive)) return { state: 'readable' }
  if (Restore === undefined) return { state: 'cold', archive }
  if (/ongoing-request="true"/.test(Restore)) return { state: 'thawing', archive }
  const until = /expiry-date="([^"]+)"/.exec(Restore)?.[1]
  return until === undefined ? { state: 'readable' } : { state: 'readable', until: new Date(until) }
}

/**
 * Asks for a cold object to be thawed, unless that is under way, and says when it is expected to be done, at the latest.
 * That somebody else asked at the same moment is a success.
 */
export async function thaw(
  connection: Connection,
  { restore = {}, now = () => new Date() }: S3Options,
  { key, versionId }: Place,
  { state, archive }: Exclude<Warmth, { state: 'readable' }>,
  signal: AbortSignal | undefined,
): Promise<Date> {
  const wanted = restore.tier ?? 'Standard'
  const tier = wanted === 'Expedited' && archive.startsWith('DEEP') ? 'Standard' : wanted
  // Intelligent-Tiering moves what it thaws back to its warm tier for good, and takes no days.
  const days = archive.endsWith('_ACCESS') ? {} : { Days: restore.days ?? 7 }
  const input: RestoreObjectCommandInput = {
    Bucket: connection.bucket,
    Key: key,
    RestoreRequest: { ...days, GlacierJobParameters: { Tier: tier } },
    ...(versionId === undefined ? {} : { VersionId: versionId }),
  }
  if (state === 'cold')
    await unlessUnderWay(connection.request(key, signal, (s3, options) => s3.restoreObject(input, options)))
  return new Date(now().getTime() + hours[archive][tier] * 3_600_000)
}

const ticketForm = /^thawed by (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)$/

/** S3 has no name for a thaw, and needs none: an object has at most one. So a ticket says when to come back. */
export function ticketFor(expectedAt: Date): Ticket {
  return `thawed by ${expectedAt.toISOString()}`
}

/** When a ticket says to come back; throws `INVALID_INPUT` for what is no ticket of ours. */
export function expectationOf(ticket: Ticket): Date {
  const written = ticketForm.exec(ticket)?.[1]
  if (written === undefined) throw new BakthatError('INVALID_INPUT', 'the ticket is not one of this store')
  return new Date(written)
}

function isArchive(word: string | undefined): word is Archive {
  return word !== undefined && word in hours
}

async function unlessUnderWay(request: Promise<unknown>): Promise<void> {
  try {
    await request
  } catch (error) {
    if (!isBakthatError(error, 'ALREADY_EXISTS')) throw error
  }
}
