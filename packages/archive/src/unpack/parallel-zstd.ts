import { createDecompressor, decompress } from '../compression/compression.js'
import type { FrameDecompressor } from '../compression/contract.js'
import type { Bytes } from '../types.js'
import { WorkerPool } from '../workers/worker-pool.js'
import { cutZstdFrames, type CutFrame } from './zstd-frame-cutter.js'

/**
 * Decompresses a zstd stream: frames on several threads, in order, as many ahead as keep the threads busy; what cannot be
 * cut into frames (other tools make one frame of any size) as a stream.
 */
export async function* parallelZstd(bytes: Bytes, workers: number): AsyncGenerator<Uint8Array> {
  const decompressors = new Decompressors(workers)
  const ahead: Promise<Uint8Array>[] = []
  try {
    for await (const cut of cutZstdFrames(bytes)) {
      if ('rest' in cut) {
        yield* inOrder(ahead)
        yield* decompress('zstd', cut.rest)
        return
      }
      ahead.push(decompressors.run(cut, ahead.length === 0))
      if (ahead.length > 2 * workers) yield await ahead.shift()!
    }
    yield* inOrder(ahead)
  } finally {
    await decompressors.close()
  }
}

async function* inOrder(ahead: Promise<Uint8Array>[]): AsyncGenerator<Uint8Array> {
  for (let next = ahead.shift(); next !== undefined; next = ahead.shift()) yield await next
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
