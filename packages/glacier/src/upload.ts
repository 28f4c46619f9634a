import { randomBytes } from 'node:crypto'

import { contiguousBytesOf } from '@bakthat/aws'
import { BlockStock, eitherOf, interruptible, sendInParts, type Bytes, type PutOptions } from '@bakthat/storage'

import { paidUntil } from './archive-blob.js'
import { hashesOf } from './body-hashes.js'
import type { Connection } from './connection.js'
import { encodeDescription, type ArchiveRecord } from './description.js'
import { earlierUpload, type EarlierUpload } from './earlier-upload.js'
import { locatorOf, placeholder } from './locator.js'
import { MultipartUpload } from './multipart-upload.js'
import type { GlacierOptions } from './options.js'
import { partSize } from './part-size.js'
import { partsOf, Tally, type Part } from './parts.js'
import { stored } from './storing.js'

/** One blob on its way into the vault. */
export interface Run {
  readonly connection: Connection
  readonly options: GlacierOptions
  readonly name: string
  readonly tally: Tally
  readonly stock: BlockStock
  readonly partSize: number
  /** What there is already of it. */
  readonly earlier: EarlierUpload | undefined
  /** Stops everything that the upload does. */
  readonly stop: AbortController
  readonly signal: AbortSignal
  /** The description of the archive, with what is known of it by then. */
  readonly description: (known?: Pick<ArchiveRecord, 'size' | 'sha256'>) => string
}

export interface Uploaded {
  readonly id: string
  readonly locator: string
  readonly size: number
  readonly sha256: string
  readonly storedAt: Date
  readonly paidUntil: Date
}

/**
 * Bytes up to which a blob is one request. An upload in parts can be asked again how it ended, which one request cannot: if its
 * answer is lost and it is repeated, there are two archives.
 */
const single = 16 * 1024 ** 2

/** Stores the stream as an archive, and rejects with nothing left behind otherwise. */
export async function upload(
  connection: Connection,
  options: GlacierOptions,
  name: string,
  bytes: Bytes,
  { signal, estimatedSize, record, resume }: PutOptions,
): Promise<Uploaded> {
  const described = { name, upload: randomBytes(8).toString('hex'), ...record }
  encodeDescription(described)
  const earlier = resume === undefined ? undefined : await earlierUpload(connection, resume, name, signal)
  const stop = new AbortController()
  const run: Run = {
    connection,
    options,
    name,
    stop,
    earlier,
    tally: new Tally(),
    stock: new BlockStock(),
    partSize: earlier?.partSize ?? options.partSize ?? partSize(estimatedSize),
    signal: eitherOf(stop.signal, signal),
    description: (known = {}) => encodeDescription({ ...described, ...known }),
  }
  const gathering = { sizeOf: () => run.partSize, stock: run.stock, blockSize: contiguousBytesOf(options) }
  const parts = partsOf(interruptible(bytes, run.signal), run.tally, gathering)
  const { archiveId, treeHash } = await send(run, parts)
  const size = run.tally.size
  const storedAt = options.now?.() ?? new Date()
  return {
    id: archiveId,
    locator: locatorOf(archiveId, { size, treeHash }),
    size,
    sha256: run.tally.sha256(),
    storedAt,
    paidUntil: paidUntil(storedAt),
  }
}

/** What Glacier knows the bytes by from now on. */
interface Sent {
  readonly archiveId: string
  readonly treeHash: string
}

async function send(run: Run, parts: AsyncGenerator<Part>): Promise<Sent> {
  const { value: first } = (await parts.next()) as IteratorYieldResult<Part>
  const known = first.isLast ? { size: run.tally.size, sha256: run.tally.sha256() } : {}
  if (first.isLast && first.size <= single && run.earlier === undefined) return sendWhole(run, first)
  const archiveId = await sendInParts(new MultipartUpload(run, run.description(known)), first, parts, run)
  return { archiveId, treeHash: run.tally.treeHash() }
}

async function sendWhole(run: Run, part: Part): Promise<Sent> {
  const { connection, name, tally, stock } = run
  const bytes = tally.size === 0 ? Buffer.from(placeholder) : stock.join(part.blocks)
  const hashes = tally.size === 0 ? hashesOf(bytes) : part.hashes
  const archiveId = await stored(run, hashes.tree, (late) =>
    connection.request(name, late, (glacier, options) =>
      glacier.uploadArchive(
        {
          accountId: '-',
          vaultName: connection.vault,
          archiveDescription: run.description({ size: tally.size, sha256: tally.sha256() }),
          checksum: hashes.tree,
          body: connection.hashed(bytes, hashes),
        },
        options,
      ),
    ),
  )
  return { archiveId, treeHash: hashes.tree }
}
