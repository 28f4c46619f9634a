import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

import { BakthatError, isBakthatError } from '@bakthat/errors'
import {
  BlockStock,
  eitherOf,
  piecesOf,
  throwIfAborted,
  unlessAborted,
  withAttempts,
  type ByteRange,
  type Bytes,
} from '@bakthat/storage'

import { pace } from './pace.js'
import type { Connection } from './connection.js'
import { failures } from './failures.js'
import { addressOf, type Place } from './keys.js'
import type { S3Options } from './options.js'
import { Piece } from './piece.js'

/** Bytes of one request, and requests at the same time: together the memory that a download needs. */
const pieceSize = 8 * 1024 ** 2
const ahead = 4

/** An object as it was when it was looked up. */
export interface Source {
  readonly place: Place
  readonly etag: string | undefined
}

/**
 * The bytes of a range, fetched in pieces, some ahead of the reader. Nothing is asked for before the first chunk is, and
 * a reader that stops stops the requests.
 */
export async function* download(
  connection: Connection,
  options: S3Options,
  source: Source,
  range: ByteRange,
  signal: AbortSignal | undefined,
): Bytes {
  throwIfAborted(signal)
  const stop = new AbortController()
  const either = eitherOf(stop.signal, signal)
  const stock = new BlockStock()
  const pieces = piecesOf(range, pieceSize)
  const fetching: Piece[] = []
  const fetchNext = (): void => {
    const step = pieces.next()
    if (step.done === true) return
    const piece = new Piece(step.value, stock)
    fetching.push(piece)
    fetchPiece(connection, options, source, piece, either).then(
      () => {
        piece.finish()
      },
      (error: unknown) => {
        piece.fail(error)
      },
    )
  }
  try {
    for (let index = 0; index < ahead; index++) fetchNext()
    for (let piece = fetching.shift(); piece !== undefined; piece = fetching.shift()) {
      for (let chunk = await piece.next(); chunk !== undefined; chunk = await piece.next()) {
        throwIfAborted(signal)
        yield chunk
      }
      piece.release()
      fetchNext()
    }
  } finally {
    stop.abort()
  }
}

/** A connection that is lost costs what was not received, and no more. */
async function fetchPiece(
  connection: Connection,
  options: S3Options,
  source: Source,
  piece: Piece,
  signal: AbortSignal,
): Promise<void> {
  const receive = (chunk: Uint8Array): Promise<void> | undefined => {
    piece.add(chunk)
    return pace(connection.throttle, options, chunk.length, signal)
  }
  await withAttempts(options, signal, async () => {
    if (piece.missing.start < piece.missing.end) await fetchInto(connection, source, piece.missing, receive, signal)
  })
}

async function fetchInto(
  connection: Connection,
  { place, etag }: Source,
  { start, end }: ByteRange,
  receive: Receive,
  signal: AbortSignal,
): Promise<void> {
  const subject = addressOf(connection.bucket, place.key)
  const asking = connection.request(place.key, signal, (s3, options) =>
    s3.getObject(
      {
        Bucket: connection.bucket,
        Key: place.key,
        Range: `bytes=${start}-${end - 1}`,
        ...(place.versionId === undefined ? {} : { VersionId: place.versionId }),
        ...(etag === undefined ? {} : { IfMatch: etag }),
      },
      options,
    ),
  )
  const { Body: body, ETag, ContentRange } = await unlessReplaced(asking, subject)
  if (etag !== undefined && ETag !== undefined && strong(ETag) !== strong(etag)) throw replaced(subject)
  if (ContentRange !== undefined && !ContentRange.startsWith(`bytes ${start}-`)) throw anotherRange(subject)
  const missing = await unlessAborted(drain(body as Bytes | undefined, end - start, receive, subject), signal)
  if (missing === 0) return
  throw new BakthatError('UNAVAILABLE', `the connection ended ${missing} bytes before the end of ${subject}`, {
    hint: 'try again later',
  })
}

/** The condition that does not hold is that the object is still the one that was looked up. */
async function unlessReplaced<T>(asking: Promise<T>, subject: string): Promise<T> {
  try {
    return await asking
  } catch (cause) {
    throw isBakthatError(cause, 'ALREADY_EXISTS') ? replaced(subject, cause) : cause
  }
}

/** A proxy that packs what it passes on makes tags weak. */
function strong(etag: string): string {
  return etag.replace(/^W\//, '')
}

/** Some servers do not look at the condition of a request for a range. */
function replaced(subject: string, cause?: BakthatError): BakthatError {
  return new BakthatError('INTEGRITY', `${subject} was replaced by another object while it was read`, {
    hint: 'find out who writes into this bucket, and look at the versions of the object if it keeps them',
    cause,
  })
}

function anotherRange(subject: string): BakthatError {
  return new BakthatError('INTEGRITY', `another range of ${subject} was answered than the one that was asked for`, {
    hint: 'something between here and the server changes what is sent: check proxies',
  })
}

/** Takes a chunk, and may take its time. */
type Receive = (chunk: Uint8Array) => Promise<void> | undefined

/** Hands over what arrives, at most `expected` bytes of it, and says how many did not. */
async function drain(body: Bytes | undefined, expected: number, receive: Receive, subject: string): Promise<number> {
  let missing = expected
  const take = (chunk: Uint8Array): Promise<void> | undefined => {
    if (chunk.length > missing) {
      throw new BakthatError('INTEGRITY', `${subject} has more bytes than the server said`, {
        hint: 'something between here and the server changes what is sent: check proxies',
      })
    }
    missing -= chunk.length
    return receive(chunk)
  }
  try {
    await pipeline(body ?? [], sink(take))
  } catch (error) {
    throw failures.explained(error, subject)
  }
  return missing
}

/** Costs no promise for what is taken at once, as `for await` would. */
function sink(take: Receive): Writable {
  return new Writable({
    write(chunk: Uint8Array, _, done) {
      try {
        const taken = take(chunk)
        if (taken === undefined) done()
        else taken.then(() => done(), done)
      } catch (error) {
        done(error as Error)
      }
    },
  })
}
