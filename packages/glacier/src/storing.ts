import { BakthatError } from '@bakthat/errors'
import { throwIfAborted, unlessAborted } from '@bakthat/storage'

import { addressOf } from './container.js'
import type { Connection } from './connection.js'
import { deleteArchive } from './removal.js'
import type { Run } from './upload.js'

/** Seconds that a request which makes an archive, and tidying up, may still take after an interruption or a failure. */
const patience = 10

/** What Glacier answers when there is a new archive. */
interface Answer {
  readonly archiveId?: string | undefined
  readonly checksum?: string | undefined
}

/**
 * The id of the archive that a request makes, once Glacier has said that it has the bytes of that tree hash. A request that
 * is interrupted is still waited for a little, because it may have succeeded: its archive is then removed.
 */
export async function stored(
  run: Run,
  treeHash: string,
  request: (late: AbortSignal) => Promise<Answer>,
): Promise<string> {
  const { connection, name, signal } = run
  throwIfAborted(signal)
  const { archiveId, checksum } = await withGrace(signal, request)
  if (archiveId === undefined) {
    throw new BakthatError('UNAVAILABLE', `the server gives no id to the archive of ${name}`, {
      hint: 'try again later',
    })
  }
  if (signal.aborted) {
    await undo(connection, archiveId)
    throwIfAborted(signal)
  }
  if (checksum === treeHash || checksum === undefined) return archiveId
  await undo(connection, archiveId)
  throw new BakthatError(
    'INTEGRITY',
    `${addressOf(connection.vault, name)} was stored with other bytes than were sent`,
    {
      hint: 'try again; if it happens again, check this machine and the network',
    },
  )
}

async function withGrace<T>(signal: AbortSignal, request: (late: AbortSignal) => Promise<T>): Promise<T> {
  const late = new AbortController()
  const onAbort = (): void => {
    AbortSignal.timeout(patience * 1000).addEventListener('abort', () => {
      late.abort(signal.reason)
    })
  }
  signal.addEventListener('abort', onAbort)
  try {
    return await unlessAborted(request(late.signal), late.signal)
  } catch (error) {
    throwIfAborted(signal)
    throw error
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

/** What fails here is not told, because the failure that led here is. */
async function undo(connection: Connection, archiveId: string): Promise<void> {
  try {
    await deleteArchive(connection, archiveId, AbortSignal.timeout(patience * 1000))
  } catch {
    return
  }
}
