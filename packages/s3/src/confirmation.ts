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
 * look: then the checksums that the server took with the bytes are all there is.
 */
export async function confirm(
  connection: Connection,
  place: Place,
  { versionId }: Committed,
  sent: Sent,
  signal: AbortSignal | undefined,
): Promise<Head | undefined> {
  const stored = { ...place, ...(versionId === undefined ? {} : { versionId }) }
  const head = await lookFor(connection, stored, signal)
  if (head === 'hidden') return undefined
  const mistake = head === 'absent' ? 'is not there after it was stored' : mistakeIn(head, sent)
  if (mistake === undefined) return head as Head
  const isOther = typeof head === 'object' && head.Metadata?.[nonceField] !== sent.nonce
  throw new BakthatError(
    isOther ? 'ALREADY_EXISTS' : 'INTEGRITY',
    `${addressOf(connection.bucket, place.key)} ${mistake}`,
    {
      hint: 'try again under another name; if it happens again, do not trust this server',
    },
  )
}

function mistakeIn(head: Head, { nonce, size, crc32 }: Sent): string | undefined {
  if (head.Metadata?.[nonceField] !== nonce) return 'was stored by somebody else at the same time'
  if (head.ContentLength !== size) return `holds ${head.ContentLength ?? 'no'} bytes where ${size} were sent`
  const { ChecksumCRC32: stored, ChecksumType: type } = head
  if (stored === undefined || type === 'COMPOSITE' || stored === crc32) return undefined
  return 'holds other bytes than were sent: the checksum differs'
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

/** Removes that version of an object, or without one whatever the key stands for. */
export async function removeObject(
  connection: Connection,
  { key, versionId }: Place,
  signal: AbortSignal | undefined,
): Promise<void> {
  await connection.request(key, signal, (s3, options) =>
    s3.deleteObject(
      { Bucket: connection.bucket, Key: key, ...(versionId === undefined ? {} : { VersionId: versionId }) },
      options,
    ),
  )
}
