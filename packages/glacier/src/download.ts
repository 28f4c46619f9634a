import { partPerseverance, passingFailures } from '@bakthat/aws'
import { BakthatError, isBakthatError } from '@bakthat/errors'
import { eitherOf, throwIfAborted, withAttempts, type Bytes } from '@bakthat/storage'

import type { Connection } from './connection.js'
import { addressOf } from './container.js'
import { outputOf } from './job-output.js'
import { archiveSize, type Content } from './locator.js'
import type { GlacierOptions } from './options.js'
import type { AskedWindow } from './ticket.js'
import { rootOf, TreeHash } from './tree-hash.js'
import { windowsOf, type Window } from './windows.js'

/** Pieces on their way at the same time: together with their size the memory that a download needs. */
const ahead = 3

/** A piece of the archive, in the output of a job. */
interface Piece extends Window {
  readonly output: AskedWindow
}

interface Fetched {
  readonly chunks: readonly Uint8Array[]
  readonly root: Buffer
}

/**
 * The bytes of a range, from the output of jobs that hold it, in pieces of which Glacier tells the tree hash, some ahead of
 * the reader. No byte is given that was not verified. Nothing is asked for before the first chunk is, and a reader that stops
 * stops the requests.
 */
export async function* download(
  connection: Connection,
  options: GlacierOptions,
  content: Content,
  outputs: readonly AskedWindow[],
  range: Window,
  signal: AbortSignal | undefined,
): Bytes {
  throwIfAborted(signal)
  const stop = new AbortController()
  const either = eitherOf(stop.signal, signal)
  const pieces = piecesFor(outputs, range)
  const fetching: Promise<Fetched>[] = []
  const fetchNext = (): void => {
    const piece = pieces[fetched++]
    if (piece === undefined) return
    const next = fetchPiece(connection, options, piece, either)
    next.catch(() => undefined)
    fetching.push(next)
  }
  let [fetched, position] = [0, pieces[0]?.start ?? 0]
  const roots: Buffer[] = []
  try {
    for (let index = 0; index < ahead; index++) fetchNext()
    for (let next = fetching.shift(); next !== undefined; next = fetching.shift()) {
      const { chunks, root } = await next
      roots.push(root)
      if (roots.length === pieces.length) checkWhole(connection, content, pieces, roots)
      for (const chunk of chunks) {
        throwIfAborted(signal)
        const wanted = chunk.subarray(clamp(range.start - position, chunk), clamp(range.end - position, chunk))
        position += chunk.length
        if (wanted.length > 0) yield wanted
      }
      fetchNext()
    }
  } finally {
    stop.abort()
  }
}

/** Those that have something of the range in them. */
function piecesFor(outputs: readonly AskedWindow[], range: Window): readonly Piece[] {
  return outputs.flatMap((output) =>
    [...windowsOf(output)]
      .filter(({ start, end }) => start < range.end && end > range.start)
      .map((window) => ({ ...window, output })),
  )
}

/** A connection that is lost costs what was not received. As parts are sent, pieces are fetched: again where they arrive damaged, too. */
async function fetchPiece(
  connection: Connection,
  options: GlacierOptions,
  { start, end, output }: Piece,
  signal: AbortSignal,
): Promise<Fetched> {
  const within = { start: start - output.start, end: end - output.start }
  try {
    const attempting = { ...options, attempts: partPerseverance, codes: passingFailures }
    return await withAttempts(attempting, signal, async () => {
      const { chunks, checksum } = await outputOf(connection, options, output.jobId, within, signal)
      return verified(connection, chunks, checksum)
    })
  } catch (error) {
    if (!isBakthatError(error, 'NOT_FOUND')) throw error
    throw new BakthatError(
      'UNAVAILABLE',
      `${addressOf(connection.vault, 'the archive')} was brought back, and is gone again`,
      {
        hint: 'what comes back stays for a day: ask for it once more, which costs again',
        cause: error,
      },
    )
  }
}

function verified({ vault }: Connection, chunks: readonly Uint8Array[], checksum: string | undefined): Fetched {
  const hash = new TreeHash()
  for (const chunk of chunks) hash.update(chunk)
  const root = hash.digest()
  if (checksum === undefined || root.toString('hex') === checksum) return { chunks, root }
  throw new BakthatError('INTEGRITY', `${addressOf(vault, 'the archive')} did not arrive as it is stored`, {
    hint: 'something between here and the server changes what is sent: check proxies and this machine',
  })
}

/** Of a whole archive the hash is known from when it was stored, whatever the server says. */
function checkWhole(
  { vault }: Connection,
  content: Content,
  pieces: readonly Window[],
  roots: readonly Buffer[],
): void {
  if (pieces[0]?.start !== 0 || pieces.at(-1)?.end !== archiveSize(content.size)) return
  if (rootOf(roots).toString('hex') === content.treeHash) return
  throw new BakthatError('INTEGRITY', `${addressOf(vault, 'the archive')} is not what was stored`, {
    hint: 'restore another backup, and tell AWS: Glacier keeps what it was given',
  })
}

function clamp(offset: number, { length }: Uint8Array): number {
  return Math.min(Math.max(offset, 0), length)
}
