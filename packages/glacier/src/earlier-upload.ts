import type { ListPartsOutput } from '@aws-sdk/client-glacier'
import { BakthatError } from '@bakthat/errors'
import { throwIfAborted } from '@bakthat/storage'

import type { Connection } from './connection.js'
import { decodeDescription } from './description.js'
import { isMissingInVault } from './failures.js'

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
  let marker: string | undefined
  for (;;) {
    throwIfAborted(signal)
    const page = await pageOfParts(connection, uploadId, marker, signal)
    if (page === undefined) return undefined
    const { ArchiveDescription: description = '', PartSizeInBytes: partSize = 0, Parts = [], Marker } = page
    if (decodeDescription(description)?.name !== name) throw ofAnother(name)
    for (const { RangeInBytes: range = '', SHA256TreeHash: treeHash = '' } of Parts) {
      const [start, last] = range.split('-').map(Number)
      parts.set(start!, `${last! + 1 - start!} ${treeHash}`)
    }
    if (Marker === undefined) return { uploadId, partSize, parts }
    marker = Marker
  }
}

async function pageOfParts(
  connection: Connection,
  uploadId: string,
  marker: string | undefined,
  signal: AbortSignal | undefined,
): Promise<ListPartsOutput | undefined> {
  try {
    return await connection.request('the upload', signal, (glacier, options) =>
      glacier.listParts(
        {
          accountId: '-',
          vaultName: connection.vault,
          uploadId,
          ...(marker === undefined ? {} : { marker }),
        },
        options,
      ),
    )
  } catch (error) {
    if (isMissingInVault(error)) return undefined
    throw error
  }
}

function ofAnother(name: string): BakthatError {
  return new BakthatError('INVALID_INPUT', `the upload to go on with is not one of ${name}`)
}
