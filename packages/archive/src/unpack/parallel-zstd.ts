import type { FrameDecompressor } from '../compression/contract.js'
import { decompressInto } from '../compression/decompress-into.js'
import { requireZstd } from '../compression/zstd.js'
import { WorkerPool } from '../workers/worker-pool.js'
import type { Bytes } from '../types.js'
import { BufferStock, type StockBytes } from './buffer-stock.js'
import type { ByteSource } from './byte-source.js'
import { zstdFrames, type ZstdFrame } from './zstd-frames.js'

type WholeFrame = Extract<ZstdFrame, { frame: unknown }>

export interface UnzstdRequest extends WholeFrame {
  /** For the content. */
  readonly memory: SharedArrayBuffer
}

/** Bytes of the content. */
export type UnzstdResponse = number

/** Threads that decompress frames. */
export type UnzstdPool = WorkerPool<UnzstdRequest, UnzstdResponse>

/** Of no threads, that is none: the thread that asks does it all. */
export function unzstdPool(workers: number): UnzstdPool | undefined {
  if (workers === 0) return undefined
  return new WorkerPool(new URL('./unzstd-worker.js', import.meta.url), { size: workers })
}

/**
 * Decompresses a zstd stream: small frames on the threads of the pool, in order and a few ahead; others (most tools make one
 * frame of any size) as streams. Pieces that lie in buffers of the stock are to be given back to it. Closes the pool at its
 * end. Without a pool, all is done in this thread.
 */
export function unzstd(source: ByteSource, stock: BufferStock, pool: UnzstdPool | undefined): Bytes {
  return pool === undefined ? unzstdHere(source, stock) : unzstdParallel(source, stock, pool)
}

async function* unzstdHere(source: ByteSource, stock: BufferStock): Bytes {
  const zstd = requireZstd()
  const decompressor = zstd.createDecompressor()
  const frames = BufferStock.own()
  for await (const frame of zstdFrames(source, frames)) {
    if ('stream' in frame) yield* zstd.decompressStream(frame.stream)
    else {
      yield decompressHere(decompressor, frame, stock)
      frames.give(frame.frame.buffer)
    }
  }
}

async function* unzstdParallel(source: ByteSource, stock: BufferStock, pool: UnzstdPool): Bytes {
  const frames = new FrameDecompressors(stock, pool)
  try {
    for await (const frame of zstdFrames(source, stock)) {
      if ('stream' in frame) {
        yield* frames.finish()
        yield* requireZstd().decompressStream(frame.stream)
      } else {
        frames.add(frame)
        if (frames.isBusy) yield await frames.next()
      }
    }
    yield* frames.finish()
  } finally {
    await frames.close()
  }
}

function decompressHere(
  decompressor: FrameDecompressor,
  { frame, contentSize }: { readonly frame: Uint8Array; readonly contentSize: number },
  stock: BufferStock,
): StockBytes {
  const memory = stock.take(contentSize)
  const size = decompressInto(memory, decompressor, frame, contentSize)
  return new Uint8Array(memory, 0, size)
}

/** Frames being decompressed, in order. */
class FrameDecompressors {
  readonly #stock: BufferStock
  readonly #pool: UnzstdPool
  readonly #ahead: Promise<Uint8Array>[] = []
  #held: WholeFrame | undefined

  constructor(stock: BufferStock, pool: UnzstdPool) {
    this.#stock = stock
    this.#pool = pool
  }

  /** Whether there are enough under way to keep all threads at work. */
  get isBusy(): boolean {
    return this.#ahead.length > this.#pool.size + 1
  }

  /** The first frame waits for a second one: if there is none, it is not worth starting a thread. */
  add(frame: WholeFrame): void {
    if (this.#ahead.length === 0 && !this.#pool.isRunning && this.#held === undefined) {
      this.#held = frame
      return
    }
    if (this.#held !== undefined) this.#start(this.#held)
    this.#held = undefined
    this.#start(frame)
  }

  next(): Promise<Uint8Array> {
    return this.#ahead.shift()!
  }

  async *finish(): AsyncGenerator<Uint8Array> {
    while (this.#ahead.length > 0) yield await this.next()
    if (this.#held === undefined) return
    const held = this.#held
    this.#held = undefined
    yield decompressHere(requireZstd().createDecompressor(), held, this.#stock)
    this.#stock.give(held.frame.buffer)
  }

  close(): Promise<void> {
    return this.#pool.close()
  }

  #start(frame: WholeFrame): void {
    const content = this.#decompress(frame)
    // Whoever asks for it gets the error; until then it must not count as unhandled.
    content.catch(() => undefined)
    this.#ahead.push(content)
  }

  async #decompress(frame: WholeFrame): Promise<Uint8Array> {
    const memory = this.#stock.take(frame.contentSize)
    const size = await this.#pool.run({ ...frame, memory })
    this.#stock.give(frame.frame.buffer)
    return new Uint8Array(memory, 0, size)
  }
}
