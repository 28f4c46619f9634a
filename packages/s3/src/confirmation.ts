import { BakthatError } from '@bakthat/errors'

import type { Committed } from './commit.js'
import type { Connection } from './connection.js'
import { lookFor, type Head } from './heads.js'
import { addressOf, type Place } from './keys.js'
import { nonceField } from './object-settings.js'

/** What was sent. */
export interface Sent {
  readonly nonce: string
  readonly size: number
  readonly crc32: string
}

/** Seconds that tidying up after a failure may take. */
const patience = 10

/**
 * Asks the server what it stored and rejects unless it is what was sent. Nothing is given where these credentials may not
 * look: then the checksum that the server answered with is all there is, on servers that have them.
 */
export async function confirm(
  connection: Connection,
  place: Place,
  { versionId, crc32 }: Committed,
  sent: Sent,
  signal: AbortSignal | undefined,
): Promise<Head | undefined> {
  const stored = { ...place, ...(versionId === undefined ? {} : { versionId }) }
  const head = await lookFor(connection, stored, signal)
  const mistake = mistakeOf(head, crc32, sent)
  if (mistake === undefined) return head === 'hidden' ? undefined : (head as Head)
  const isOther = typeof head === 'object' && head.Metadata?.[nonceField] !== sent.nonce
  throw new BakthatError(
    isOther ? 'ALREADY_EXISTS' : 'INTEGRITY',
    `${addressOf(connection.bucket, place.key)} ${mistake}`,
    {
      hint: 'try again under another name; if it happens again, do not trust this server',
    },
  )
}

function mistakeOf(head: Head | 'absent' | 'hidden', told: string | undefined, sent: Sent): string | undefined {
  if (head === 'absent') return 'is not there after it was stored'
  if (head !== 'hidden') return mistakeIn(head, sent)
  return told === undefined || told === sent.crc32 ? undefined : otherBytes
}

const otherBytes = 'holds other bytes than were sent: the checksum differs'

function mistakeIn(head: Head, { nonce, size, crc32 }: Sent): string | undefined {
  if (head.Metadata?.[nonceField] !== nonce) return 'was stored by somebody else at the same time'
  if (head.ContentLength !== size) return `holds ${head.ContentLength ?? 'no'} bytes where ${size} were sent`
  const { ChecksumCRC32: stored, ChecksumType: type } = head
  if (stored === undefined || type === 'COMPOSITE' || stored === crc32) return undefined
  return otherBytes
}

/**
 * After a failure that leaves it open whether the object is there: removes it if it is ours. What fails here is not
 * told, because the failure that led here is.
 */
export async function undo(connection: Connection, place: Place, nonce: string): Promise<void> {
  const signal = AbortSignal.timeout(patience * 1000)
  try {
    const found = await lookFor(connection, place, signal)
    if (typeof found === 'string' || found.Metadata?.[nonceField] !== nonce) return
    await removeObject(
      connection,
      { ...place, ...(found.VersionId === undefined ? {} : { versionId: found.VersionId }) },
      signal,
    )
  } catch {
    return
  }
}

/** Removes that version of an object, or without one whatever the key stands for: of versions only the sight, then. */
export async function removeObject(
  connection: Connection,
  { key, versionId }: Place,
  signal: AbortSignal | undefined,
): Promise<{ readonly isHiddenOnly: boolean }> {
  const { DeleteMarker } = await connection.request(key, signal, (s3, options) =>
    s3.deleteObject(
      { Bucket: connection.bucket, Key: key, ...(versionId === undefined ? {} : { VersionId: versionId }) },
      options,
    ),
  )
  return { isHiddenOnly: DeleteMarker === true }
}
