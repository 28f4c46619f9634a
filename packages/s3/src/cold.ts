import type { RestoreObjectCommandInput, Tier } from '@aws-sdk/client-s3'
import { BakthatError, isBakthatError } from '@bakthat/errors'
import type { RetrievalTier, Ticket } from '@bakthat/storage'

import type { Connection } from './connection.js'
import type { Head } from './heads.js'
import type { Place } from './keys.js'

/** Whether an object can be read now, and how long. */
export type Warmth =
  | { readonly state: 'readable'; readonly until?: Date }
  | { readonly state: 'thawing' | 'cold'; readonly archive: Archive }

export type Archive = 'GLACIER' | 'DEEP_ARCHIVE' | 'ARCHIVE_ACCESS' | 'DEEP_ARCHIVE_ACCESS'

/** A thaw that was asked for, and when it is done at the latest. */
export interface Thaw {
  readonly tier: RetrievalTier
  readonly expectedAt: Date
  /** For how long the copy was asked for. Tickets of earlier versions do not tell. */
  readonly days?: number
}

const fast = { expedited: 1, standard: 5, bulk: 12 }
const slow = { standard: 12, bulk: 48 }

/**
 * The tiers of each archive, and the hours after which S3 promises what was asked for:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects-retrieval-options.html
 */
const hours: Readonly<Record<Archive, Partial<Readonly<Record<RetrievalTier, number>>>>> = {
  GLACIER: fast,
  DEEP_ARCHIVE: slow,
  ARCHIVE_ACCESS: fast,
  DEEP_ARCHIVE_ACCESS: slow,
}

const tierNames: Readonly<Record<RetrievalTier, Tier>> = {
  expedited: 'Expedited',
  standard: 'Standard',
  bulk: 'Bulk',
}

/** What the answer to HEAD says of an object's warmth. */
export function warmthOf({ StorageClass, ArchiveStatus, Restore }: Head): Warmth {
  const archive = ArchiveStatus ?? StorageClass
  if (!isArchive(archive)) return { state: 'readable' }
  if (Restore === undefined) return { state: 'cold', archive }
  if (/ongoing-request="true"/.test(Restore)) return { state: 'thawing', archive }
  const until = /expiry-date="([^"]+)"/.exec(Restore)?.[1]
  return until === undefined ? { state: 'readable' } : { state: 'readable', until: new Date(until) }
}

/** The tier itself where the archive has it, else the next slower one. */
export function tierIn(archive: Archive, wanted: RetrievalTier): RetrievalTier {
  return hours[archive][wanted] === undefined ? 'standard' : wanted
}

export function isFaster(archive: Archive, one: RetrievalTier, other: RetrievalTier): boolean {
  return hoursOf(archive, one) < hoursOf(archive, other)
}

/** When something that was asked for now is done at the latest. */
export function thawFrom(now: Date, archive: Archive, tier: RetrievalTier): Thaw {
  return { tier, expectedAt: new Date(now.getTime() + hoursOf(archive, tier) * 3_600_000) }
}

/**
 * Asks for an object to be thawed, or to be thawed faster than was asked for, which takes the same days. False where a thaw
 * is under way that is as fast or cannot be hastened: https://docs.aws.amazon.com/AmazonS3/latest/API/API_RestoreObject.html
 */
export async function askFor(
  connection: Connection,
  { key, versionId }: Place,
  archive: Archive,
  { tier, days }: { readonly tier: RetrievalTier; readonly days: number },
  signal: AbortSignal | undefined,
): Promise<boolean> {
  // Intelligent-Tiering moves what it thaws back to its warm tier for good, and refuses to be told of days.
  const lifetime = archive.endsWith('_ACCESS') ? {} : { Days: days }
  const input: RestoreObjectCommandInput = {
    Bucket: connection.bucket,
    Key: key,
    RestoreRequest: { ...lifetime, GlacierJobParameters: { Tier: tierNames[tier] } },
    ...(versionId === undefined ? {} : { VersionId: versionId }),
  }
  try {
    await connection.request(key, signal, (s3, options) => s3.restoreObject(input, options))
    return true
  } catch (error) {
    if (!isBakthatError(error, 'ALREADY_EXISTS')) throw error
    return false
  }
}

const ticketForm =
  /^(expedited|standard|bulk) thaw(?: for (\d{1,9}) days)?, done by (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)$/

/** S3 has no name for a thaw, and needs none: an object has at most one. So a ticket says what was asked for. */
export function ticketOf({ tier, expectedAt, days }: Thaw): Ticket {
  return `${tier} thaw${days === undefined ? '' : ` for ${days} days`}, done by ${expectedAt.toISOString()}`
}

/** What a ticket stands for; throws `INVALID_INPUT` for what is no ticket of ours. */
export function thawOf(ticket: Ticket): Thaw {
  const [, tier, days, expectedAt] = ticketForm.exec(ticket) ?? []
  if (expectedAt === undefined) throw new BakthatError('INVALID_INPUT', 'the ticket is not one of this store')
  const thaw = { tier: tier as RetrievalTier, expectedAt: new Date(expectedAt) }
  return days === undefined ? thaw : { ...thaw, days: Number(days) }
}

function hoursOf(archive: Archive, tier: RetrievalTier): number {
  return hours[archive][tierIn(archive, tier)]!
}

function isArchive(word: string | undefined): word is Archive {
  return word !== undefined && word in hours
}
