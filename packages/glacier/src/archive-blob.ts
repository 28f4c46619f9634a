import { daysAfter, isBlobName, type BlobInfo } from '@bakthat/storage'

import { decodeDescription } from './description.js'
import type { InventoriedArchive } from './inventory.js'
import { locatorOf } from './locator.js'

/** Days that an archive is paid for: https://docs.aws.amazon.com/amazonglacier/latest/dev/introduction.html */
export const minimumDays = 90

/** Until when an archive that was stored then is paid for. */
export function paidUntil(storedAt: Date): Date {
  return daysAfter(storedAt, minimumDays)
}

/**
 * An archive of the inventory as a blob. Archives of other programs are called what their description says (the Python tool
 * writes the stored name there), or else by their id.
 */
export function blobOf({
  ArchiveId,
  ArchiveDescription,
  CreationDate,
  Size,
  SHA256TreeHash,
}: InventoriedArchive): BlobInfo {
  const { name, size = Size, sha256, date, tags, host } = decodeDescription(ArchiveDescription) ?? {}
  const storedAt = new Date(CreationDate)
  const content = { size: size === 0 ? 0 : Size, treeHash: SHA256TreeHash }
  const record = { ...(date && { date }), ...(tags && { tags }), ...(host !== undefined && { host }) }
  return {
    name: name ?? (isBlobName(ArchiveDescription) ? ArchiveDescription : ArchiveId),
    size: content.size,
    id: ArchiveId,
    locator: locatorOf(ArchiveId, content),
    ...(sha256 === undefined ? {} : { sha256 }),
    storedAt,
    paidUntil: paidUntil(storedAt),
    ...(name === undefined ? {} : { record }),
  }
}
