import { randomUUID } from 'node:crypto'

import { contiguousBytesOf } from '@bakthat/aws'
import {
  BlockStock,
  eitherOf,
  interruptible,
  sendInParts,
  type BlobInfo,
  type Bytes,
  type PutOptions,
} from '@bakthat/storage'

import { bodyOf } from './body.js'
import { commit, refuseTaken, type Commit, type Committed } from './commit.js'
import { confirm, undo } from './confirmation.js'
import type { Connection } from './connection.js'
import type { Head } from './heads.js'
import type { Place } from './keys.js'
import { MultipartUpload } from './multipart-upload.js'
import { objectSettings, type ObjectSettings } from './object-settings.js'
import type { S3Options } from './options.js'
import { equalPartSize, partSize } from './part-size.js'
import { partsOf, Tally, type Part } from './parts.js'
import { keeping } from './storage-classes.js'

export type Uploaded = Omit<BlobInfo, 'name' | 'locator' | 'sha256'> & {
  readonly sha256: string
  readonly versionId?: string
}

/** Stores the stream as an object that was not there before, and rejects with nothing left behind otherwise. */
export async function upload(
  connection: Connection,
  options: S3Options,
  place: Place,
  bytes: Bytes,
  { signal, purpose, estimatedSize, sha256 }: PutOptions,
): Promise<Uploaded> {
  const nonce = randomUUID()
  const checksums = connection.traits.checksums || options.objectLock !== undefined
  const tally = new Tally(sha256)
  const stock = new BlockStock()
  const stop = new AbortController()
  const run: Run = {
    connection,
    options,
    place,
    nonce,
    tally,
    stock,
    stop,
    signal: eitherOf(stop.signal, signal),
    settings: objectSettings(options, nonce, purpose),
    checksums,
  }
  const gathering = { sizeOf: sizesFor(run, estimatedSize), stock, blockSize: contiguousBytesOf(options), checksums }
  const parts = partsOf(interruptible(bytes, run.signal), tally, gathering)
  const committed = await send(run, parts)
  const head = await confirmOrUndo(run, committed, signal)
  const { versionId } = committed
  return {
    ...(versionId === undefined ? {} : { versionId }),
    ...keeping(connection.traits, head ?? run.settings),
    size: tally.size,
    sha256: tally.sha256(),
  }
}

/** One upload on its way. */
export interface Run {
  readonly connection: Connection
  readonly options: S3Options
  readonly place: Place
  readonly nonce: string
  readonly tally: Tally
  readonly stock: BlockStock
  /** Stops the source and all requests of this upload. */
  readonly stop: AbortController
  readonly signal: AbortSignal
  readonly settings: ObjectSettings
  /** Whether checksums go along with the bytes: where the server has them, and where it insists. */
  readonly checksums: boolean
}

async function send(run: Run, parts: AsyncGenerator<Part>): Promise<Committed> {
  const first = await firstOf(run, parts)
  if (first.isLast) return put(run, first)
  return sendInParts(new MultipartUpload(run), first, parts, run)
}

/**
 * The first part, once it is known that nothing is in the way: before gigabytes are sent in vain, and, where a server may
 * replace what is there, before anything is.
 */
async function firstOf(run: Run, parts: AsyncGenerator<Part>): Promise<Part> {
  const { conditions } = run.connection.traits
  try {
    const [{ value: first }] = await Promise.all([
      parts.next() as Promise<IteratorYieldResult<Part>>,
      conditions ? undefined : refuseTaken(run),
    ])
    if (conditions && !first.isLast) await refuseTaken(run)
    return first
  } catch (error) {
    run.stop.abort(error)
    await parts.return(undefined)
    throw error
  }
}

async function confirmOrUndo(
  { connection, place, nonce, tally }: Run,
  committed: Committed,
  signal: AbortSignal | undefined,
): Promise<Head | undefined> {
  try {
    return await confirm(connection, place, committed, { nonce, size: tally.size, crc32: tally.crc32() }, signal)
  } catch (error) {
    await undo(connection, place, nonce)
    throw error
  }
}

/** The whole blob in one request. */
function put(run: Run, part: Part): Promise<Committed> {
  const { connection, place, settings, checksums } = run
  const body = bodyOf(run, part)
  const request: Commit = (s3, options, condition) =>
    s3.putObject(
      {
        ...settings,
        ...condition,
        Bucket: connection.bucket,
        Key: place.key,
        Body: body.make(),
        ContentLength: part.size,
        ...(checksums ? { ChecksumAlgorithm: 'CRC32', ChecksumCRC32: part.crc32 } : {}),
      },
      options,
    )
  return commit(run, request, body.attempts)
}

/** Without an estimate, a server that wants equal parts gets them of 32 MiB: 10,000 of them hold 312 GiB. */
function sizesFor(run: Run, estimatedSize: number | undefined): (partNumber: number) => number {
  const parts = partsAllowed(run)
  if (!run.connection.traits.equalParts) return (partNumber) => partSize(partNumber, estimatedSize, parts)
  const size = estimatedSize === undefined ? 32 * 1024 ** 2 : equalPartSize(estimatedSize, parts)
  return () => size
}

/** Parts that the server takes for one upload. */
export function partsAllowed({ connection, options }: Run): number {
  return options.maxParts ?? connection.traits.parts
}
