import { createDecompressor, decompress } from '../compression/compression.js'
import type { FrameDecompressor } from '../compression/contract.js'
import type { Bytes } from '../types.js'
import { WorkerPool } from '../workers/worker-pool.js'
import { cutZstdFrames, type CutFrame } from './zstd-frame-cutter.js'

/**
 * Decompresses a zstd stream: frames on several threads, in order, as many ahead as keep the threads busy and little memory
 * holds; what cannot be cut into frames (other tools make one frame of any size) as a stream.
 */
export async function* parallelZstd(bytes: Bytes, workers: number): AsyncGenerator<Uint8Array> {
  const decompressors = new Decompressors(workers)
  const ahead = new Ahead()
  try {
    for await (const cut of cutZstdFrames(bytes)) {
      if ('rest' in cut) {
        yield* ahead.downTo(0)
        yield* decompress('zstd', cut.rest)
        return
      }
      ahead.push(decompressors.run(cut, ahead.isEmpty), cut.frame.length + cut.contentSize)
      yield* ahead.downTo(2 * workers)
    }
    yield* ahead.downTo(0)
  } finally {
    await decompressors.close()
  }
}

/** Bytes of frames under way, compressed and not. */
const mostBytesAhead = 64 << 20

/** Frames under way, in order. */
class Ahead {
  readonly #frames: { readonly bytes: Promise<Uint8Array>; readonly size: number }[] = []
  #size = 0

  get isEmpty(): boolean {
    return this.#frames.length === 0
  }

  push(bytes: Promise<Uint8Array>, size: number): void {
    this.#frames.push({ bytes, size })
    this.#size += size
  }

  /** Waits for the first ones until few enough are left. */
  async *downTo(count: number): AsyncGenerator<Uint8Array> {
    while (this.#frames.length > count || this.#size > mostBytesAhead) {
      const { bytes, size } = this.#frames.shift()!
      this.#size -= size
      yield await bytes
    }
  }
}

/** Threads that decompress; the first frame is done here, for an archive of one is not worth starting a thread. */
class Decompressors {
  readonly #pool: WorkerPool<CutFrame, Uint8Array>
  #first: FrameDecompressor | undefined

  constructor(workers: number) {
    this.#pool = new WorkerPool(new URL('./unpack-worker.js', import.meta.url), { size: workers })
  }

  run(cut: CutFrame, isAlone: boolean): Promise<Uint8Array> {
    if (isAlone && this.#first === undefined) {
      this.#first = createDecompressor('zstd')
      const first = this.#first
      return settled(() => first.decompress(cut.frame, cut.contentSize))
    }
    return quiet(this.#pool.run(cut, [cut.frame.buffer]))
  }

  close(): Promise<void> {
    return this.#pool.close()
  }
}

function settled<T>(act: () => T): Promise<T> {
  return quiet(
    new Promise((resolve) => {
      resolve(act())
    }),
  )
}

/** Whoever waits for it gets the error; until then it must not count as unhandled. */
function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined)
  return promise
}
