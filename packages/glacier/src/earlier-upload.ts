import { BakthatError } from '@bakthat/errors'

import type { Connection } from './connection.js'
import { decodeDescription } from './description.js'
import { isMissingInVault } from './failures.js'
import { pagesOf } from './pages.js'

/** An upload in parts that was begun in an earlier run. */
export interface EarlierUpload {
  readonly uploadId: string
  readonly partSize: number
  /** By where they begin: how many bytes Glacier has, and their tree hash. */
  readonly parts: ReadonlyMap<number, string>
}

/**
 * What there is of an upload, to go on with it; `undefined` where Glacier has forgotten it, as it does after a day without a
 * part. Rejects with `INVALID_INPUT` where it is of another blob.
 */
export async function earlierUpload(
  connection: Connection,
  uploadId: string,
  name: string,
  signal: AbortSignal | undefined,
): Promise<EarlierUpload | undefined> {
  const parts = new Map<number, string>()
  let partSize = 0
  const pages = pagesOf((at) =>
    connection.request('the upload', signal, (glacier, options) =>
      glacier.listParts({ accountId: '-', vaultName: connection.vault, uploadId, ...at }, options),
    ),
  )
  try {
    for await (const { ArchiveDescription: description = '', PartSizeInBytes = 0, Parts = [] } of pages) {
      if (decodeDescription(description)?.name !== name) throw ofAnother(name)
      partSize = PartSizeInBytes
      for (const { RangeInBytes: range = '', SHA256TreeHash: treeHash = '' } of Parts) {
        const [start, last] = range.split('-').map(Number)
        parts.set(start!, `${last! + 1 - start!} ${treeHash}`)
      }
    }
    return { uploadId, partSize, parts }
  } catch (error) {
    if (isMissingInVault(error)) return undefined
    throw error
  }
}

function ofAnother(name: string): BakthatError {
  return new BakthatError('INVALID_INPUT', `the upload to go on with is not one of ${name}`)
}
