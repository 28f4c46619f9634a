import { BakthatError } from '@bakthat/errors'
import type { Locator } from '@bakthat/storage'

/** Where a blob lies, and what must come back. */
export interface Place {
  readonly archiveId: string
  /** Absent in locators that are an archive's id alone. */
  readonly content?: Content
}

export interface Content {
  /** Bytes of the blob. */
  readonly size: number
  /** Tree hash of the archive in hexadecimal. */
  readonly treeHash: string
}

/** What an empty blob is stored as: there are no empty archives. */
export const placeholder: Uint8Array = Buffer.alloc(1)

/** Bytes of the archive that holds a blob of that many. */
export function archiveSize(blobSize: number): number {
  return blobSize === 0 ? placeholder.length : blobSize
}

const form = /^([\w-]{1,1024})(?:\/(\d{1,15})\/([0-9a-f]{64}))?$/

export function locatorOf(archiveId: string, { size, treeHash }: Content): Locator {
  return `${archiveId}/${size}/${treeHash}`
}

/** Throws `INVALID_INPUT` for what is no locator of a vault. */
export function placeOf(locator: Locator): Place {
  const [, archiveId, size, treeHash] = form.exec(locator) ?? []
  if (archiveId === undefined) {
    throw new BakthatError('INVALID_INPUT', `not a locator: ${JSON.stringify(locator.slice(0, 80))}`)
  }
  return size === undefined || treeHash === undefined
    ? { archiveId }
    : { archiveId, content: { size: Number(size), treeHash } }
}
