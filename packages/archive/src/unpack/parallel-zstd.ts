import { requireZstd } from '../compression/zstd.js'
import { WorkerPool } from '../workers/worker-pool.js'
import type { BufferStock } from './buffer-stock.js'
import type { ByteSource } from './byte-source.js'
import { zstdFrames, type ZstdFrame } from './zstd-frames.js'

type WholeFrame = Extract<ZstdFrame, { frame: unknown }>

export interface UnzstdRequest extends WholeFrame {
  /** For the content. */
  readonly memory: ArrayBuffer
}

export interface UnzstdResponse {
  readonly content: Uint8Array<ArrayBuffer>
  /** The frame's buffer, for the next one. */
  readonly used: ArrayBuffer
}

/** Threads that decompress frames. */
export type UnzstdPool = WorkerPool<UnzstdRequest, UnzstdResponse>

export function unzstdPool(workers: number): UnzstdPool {
  return new WorkerPool(new URL('./unzstd-worker.js', import.meta.url), { size: workers })
}

/**
 * Decompresses a zstd stream: small frames on the threads of the pool, in order and a few ahead; others (most tools make one
 * frame of any size) as streams. Pieces of a MiB or more are in buffers of their own, to be given to the stock. Closes the
 * pool at its end.
 */
export async function* unzstdParallel(
  source: ByteSource,
  stock: BufferStock,
  pool: UnzstdPool,
): AsyncGenerator<Uint8Array> {
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
    const { frame, contentSize } = this.#held
    this.#held = undefined
    yield requireZstd().createDecompressor().decompress(frame, contentSize)
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
    const { content, used } = await this.#pool.run({ ...frame, memory }, [frame.frame.buffer, memory])
    this.#stock.give(used)
    return content
  }
}
