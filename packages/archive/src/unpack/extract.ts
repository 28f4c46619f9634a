import { escapePath } from '../paths/escape-path.js'
import type { Bytes } from '../types.js'
import { batches, type Batch } from './batches.js'
import { BufferStock } from './buffer-stock.js'
import { ByteSource } from './byte-source.js'
import type { ExtractOptions, ExtractSummary } from './contract.js'
import type { ExtractionSettings, ExtractionState } from './extraction.js'
import { runHere, runInThread, type ExtractionRunner, type Written } from './extraction-runner.js'
import { ratioLimit } from './limits.js'
import { openArchive } from './open-archive.js'
import { createStaging, discardStaging } from './staging.js'
import { readTrailer } from './trailer.js'

/** An archive that is no larger is restored sooner than a thread is started. */
const smallArchive = 4 << 20

/** Pieces that the extraction may have waiting. */
const mostWaiting = 2

/**
 * Restores an archive, read to the end of its stream: tar of any kind, compressed by zstd, gzip or not at all, told from its
 * first bytes. All or nothing: everything is made in a private directory on the target's file system, and only when the stream
 * has ended well do its top-level entries appear. A call that rejects leaves the target as it was. The target has to be a
 * directory in which nobody else renames things meanwhile.
 *
 * Throws `INVALID_INPUT` for what is no archive and for a target that cannot be one, `ALREADY_EXISTS`, `INTEGRITY` for damage,
 * `UNSAFE_ARCHIVE`, `UNSUPPORTED`, `NO_SPACE`, `PERMISSION_DENIED`, `INTERRUPTED`, and errors of `bytes` as they are.
 *
 * Memory does not grow with the size of files or their number, but by some 200 bytes for each directory and symbolic link.
 *
 * @example
 * ```ts
 * import { mkdtemp } from 'node:fs/promises'
 * import { extract, pack } from '@bakthat/archive'
 *
 * const packing = pack({ path: process.cwd() })
 * const { topLevel } = await extract(packing.bytes, { to: await mkdtemp('/tmp/restored-') })
 * ```
 */
export async function extract(bytes: Bytes, options: ExtractOptions): Promise<ExtractSummary> {
  const source = new ByteSource(bytes, options.signal)
  const stock = new BufferStock()
  try {
    return await extractTar(tarBatches(source, stock, options), source, stock, options)
  } finally {
    await source.close()
  }
}

async function* tarBatches(source: ByteSource, stock: BufferStock, options: ExtractOptions): AsyncGenerator<Batch> {
  const archive = await openArchive(source, stock, {
    workers: options.workers,
    maxRatio: ratioLimit(options.limits ?? {}),
    isLarge: isLarge(options),
  })
  yield* batches(archive, stock)
}

function isLarge({ estimatedSize = 0 }: ExtractOptions): boolean {
  return estimatedSize > smallArchive
}

async function extractTar(
  pieces: AsyncGenerator<Batch>,
  source: ByteSource,
  stock: BufferStock,
  options: ExtractOptions,
): Promise<ExtractSummary> {
  const settings = settingsOf(options)
  let runner = isLarge(options) ? runInThread(settings) : undefined
  try {
    const start = await readStart(pieces)
    runner ??= start.isAll ? runHere(settings) : runInThread(settings)
    await feed(runner, start.pieces, pieces, ({ state, used }) => {
      stock.give(used)
      tell(state, options)
    })
    const hasTrailer = await readTrailer(source)
    source.throwIfAborted()
    return await runner.commit(hasTrailer)
  } catch (error) {
    await runner?.discard()
    discardStaging(settings.staging)
    throw error
  } finally {
    await pieces.return(undefined)
  }
}

function settingsOf(options: ExtractOptions): ExtractionSettings {
  return {
    staging: createStaging(options),
    overwrite: options.overwrite ?? false,
    keepSpecialModes: options.keepSpecialModes ?? false,
    keepOwner: options.keepOwner ?? process.geteuid?.() === 0,
    special: options.special ?? false,
    limits: options.limits ?? {},
  }
}

interface ArchiveStart {
  readonly pieces: readonly Batch[]
  readonly isAll: boolean
}

async function readStart(pieces: AsyncIterator<Batch>): Promise<ArchiveStart> {
  const start: Batch[] = []
  for (let size = 0; size <= smallArchive;) {
    const next = await pieces.next()
    if (next.done === true) return { pieces: start, isAll: true }
    start.push(next.value)
    size += next.value.length
  }
  return { pieces: start, isAll: false }
}

/** Hands pieces over ahead of their being written, but not too many. */
async function feed(
  runner: ExtractionRunner,
  start: readonly Batch[],
  pieces: AsyncIterator<Batch>,
  onWritten: (written: Written) => void,
): Promise<void> {
  const waiting: Promise<Written>[] = []
  const settleOne = async (): Promise<void> => {
    onWritten(await waiting.shift()!)
  }
  const add = async (piece: Batch): Promise<void> => {
    const written = runner.write(piece)
    // Whoever waits for it gets the error; until then it must not count as unhandled.
    written.catch(() => undefined)
    waiting.push(written)
    if (waiting.length > mostWaiting) await settleOne()
  }
  for (const piece of start) await add(piece)
  for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) await add(next.value)
  while (waiting.length > 0) await settleOne()
}

function tell({ files, bytesWritten, current }: ExtractionState, { onProgress }: ExtractOptions): void {
  onProgress?.({ files, bytesWritten, current: escapePath(current) })
}
