import { escapePath } from '../paths/escape-path.js'
import type { Bytes } from '../types.js'
import { batches } from './batches.js'
import { BufferStock, type StockBytes } from './buffer-stock.js'
import { ByteSource } from './byte-source.js'
import type { ExtractOptions, ExtractSummary } from './contract.js'
import { makeDurable } from './durability.js'
import type { ExtractionSettings, ExtractionState } from './extraction.js'
import { runHere, runInThread, type ExtractionRunner } from './extraction-runner.js'
import { translateRestoreError } from './file-errors.js'
import { ratioLimit } from './limits.js'
import { openArchive } from './open-archive.js'
import { readTrailer } from './trailer.js'

/** An archive that is no larger is restored sooner than a thread is started. */
const smallArchive = 4 << 20

/** Pieces that the extraction may have waiting. */
const mostWaiting = 2

export type UnpackOptions = Pick<ExtractOptions, 'limits' | 'estimatedSize' | 'signal'> & {
  /** Threads that decompress; 0: this one does. */
  readonly workers: number
  readonly onState?: (state: ExtractionState) => void
}

/** Makes what an archive holds, and puts it into place: what {@link extract} is, once there is a staging directory. */
export async function unpack(
  bytes: Bytes,
  settings: ExtractionSettings,
  options: UnpackOptions,
): Promise<ExtractSummary> {
  const source = new ByteSource(bytes, options.signal)
  const stock = BufferStock.shared()
  try {
    return await unpackPieces(tarPieces(source, stock, options), source, stock, settings, options)
  } finally {
    await source.close()
  }
}

/** Whether an archive is expected to be worth threads. */
export function isLarge({ estimatedSize = 0 }: Pick<ExtractOptions, 'estimatedSize'>): boolean {
  return estimatedSize > smallArchive
}

async function* tarPieces(source: ByteSource, stock: BufferStock, options: UnpackOptions): AsyncGenerator<StockBytes> {
  const archive = await openArchive(source, stock, {
    workers: options.workers,
    maxRatio: ratioLimit(options.limits ?? {}),
    isLarge: isLarge(options),
  })
  yield* batches(archive, stock)
}

async function unpackPieces(
  pieces: AsyncGenerator<StockBytes>,
  source: ByteSource,
  stock: BufferStock,
  settings: ExtractionSettings,
  options: UnpackOptions,
): Promise<ExtractSummary> {
  let runner = isLarge(options) ? runInThread(settings) : undefined
  let reached: ExtractionState | undefined
  try {
    const start = await readStart(pieces)
    runner ??= start.isAll ? runHere(settings) : runInThread(settings)
    await feed(runner, start.pieces, pieces, (piece, state) => {
      stock.give(piece.buffer)
      reached = state
      options.onState?.(state)
    })
    const entries = await runner.finish(await readTrailer(source))
    if (reached !== undefined) options.onState?.({ ...reached, isFlushing: true })
    await makeStagedDurable(settings, entries, options.signal)
    source.throwIfAborted()
    return await runner.commit()
  } catch (error) {
    await runner?.discard()
    throw error
  } finally {
    await pieces.return(undefined)
  }
}

async function makeStagedDurable(
  { staging }: ExtractionSettings,
  entries: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await makeDurable(`${staging.path}/new`, entries, signal)
  } catch (error) {
    throw translateRestoreError(error, escapePath(staging.target))
  }
}

interface ArchiveStart {
  readonly pieces: readonly StockBytes[]
  readonly isAll: boolean
}

async function readStart(pieces: AsyncIterator<StockBytes>): Promise<ArchiveStart> {
  const start: StockBytes[] = []
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
  start: readonly StockBytes[],
  pieces: AsyncIterator<StockBytes>,
  onWritten: (piece: StockBytes, state: ExtractionState) => void,
): Promise<void> {
  const waiting: { readonly piece: StockBytes; readonly written: Promise<ExtractionState> }[] = []
  const settleOne = async (): Promise<void> => {
    const { piece, written } = waiting.shift()!
    onWritten(piece, await written)
  }
  const add = async (piece: StockBytes): Promise<void> => {
    const written = runner.write(piece)
    // Whoever waits for it gets the error; until then it must not count as unhandled.
    written.catch(() => undefined)
    waiting.push({ piece, written })
    if (waiting.length > mostWaiting) await settleOne()
  }
  for (const piece of start) await add(piece)
  for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) await add(next.value)
  while (waiting.length > 0) await settleOne()
}
