import { isBakthatError } from '@bakthat/errors'
import type { Leftover } from '@bakthat/storage'

import type { Connection } from './connection.js'
import { decodeDescription } from './description.js'
import { pagesOf } from './pages.js'

/**
 * Uploads in parts that nobody has ended. Glacier forgets one by itself after a day in which no part of it came, so that any may
 * be under way: when the last came it does not tell, and when it was begun says nothing of an upload that takes days.
 */
export async function* unfinishedUploads(
  connection: Connection,
  signal: AbortSignal | undefined,
): AsyncGenerator<Leftover> {
  const pages = pagesOf((at) =>
    connection.request(undefined, signal, (glacier, options) =>
      glacier.listMultipartUploads({ accountId: '-', vaultName: connection.vault, ...at }, options),
    ),
  )
  for await (const { UploadsList = [] } of pages) {
    for (const { MultipartUploadId: id, ArchiveDescription: description = '' } of UploadsList) {
      if (id === undefined) continue
      const name = decodeDescription(description)?.name ?? (description === '' ? id : description)
      yield { id, name, kind: 'unfinished upload' }
    }
  }
}

/** Ends an upload without an archive. One that is not there is a success. */
export async function abortUpload(
  connection: Connection,
  uploadId: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await connection.request('the upload', signal, (glacier, options) =>
      glacier.abortMultipartUpload({ accountId: '-', vaultName: connection.vault, uploadId }, options),
    )
  } catch (error) {
    if (!isBakthatError(error, 'NOT_FOUND')) throw error
  }
}
