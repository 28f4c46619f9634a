import { createCompressor } from '../compression/compression.js'
import { frameSize } from '../pack/plan-builder.js'
import type { Bytes, Compression } from '../types.js'
import { ByteSource } from '../unpack/byte-source.js'
import { workerCount } from '../workers/worker-count.js'
import { WorkerPool } from '../workers/worker-pool.js'

export interface CompressOptions {
  /** Default: zstd. */
  readonly compression?: Compression
  /** Threads that compress. Default: one for each processor, up to 8. */
  readonly workers?: number
  /** Stops it, even while the stream is stuck: `bytes` throws `INTERRUPTED`. */
  readonly signal?: AbortSignal
}

/**
 * A stream compressed in frames of 2 MiB, as archives are, on several threads: one zstd frame or gzip member after the other,
 * which every decompressor reads. The same bytes give the same result, in whatever chunks they come. Reads a bounded
 * number of frames ahead, so that memory does not grow with the stream.
 *
 * Throws `INVALID_INPUT` for a format or a level of it that there is none of or a number of workers that is none, `UNSUPPORTED` where zstd is not at hand, `INTERRUPTED`, and
 * errors of `bytes` as they are.
 */
export async function* compress(bytes: Bytes, options: CompressOptions = {}): AsyncGenerator<Uint8Array> {
  const { compression = { format: 'zstd' } } = options
  const source = new ByteSource(bytes, options.signal)
  try {
    if (compression.format === 'none') yield* source.rest()
    else yield* compressed(source, compression, workerCount(options.workers))
  } finally {
    await source.close()
  }
}

type Frame = Uint8Array<ArrayBuffer>

async function* compressed(source: ByteSource, compression: Compression, workers: number): AsyncGenerator<Uint8Array> {
  // Also what finds out, before a thread is started, that the compression cannot be had.
  const compressor = createCompressor(compression)
  const first = await nextFrame(source)
  if (first === undefined || first.length < frameSize) {
    yield compressor.compress(first ?? new Uint8Array())
    return
  }
  const pool = new WorkerPool<Frame, Frame>(new URL('./compress-worker.js', import.meta.url), {
    size: workers,
    data: compression,
  })
  const ahead: Promise<Frame>[] = []
  try {
    for (let frame: Frame | undefined = first; frame !== undefined; frame = await nextFrame(source)) {
      const result = pool.run(frame, [frame.buffer])
      // Whoever waits for it gets the error; until then it must not count as unhandled.
      result.catch(() => undefined)
      ahead.push(result)
      if (ahead.length > 2 * workers) yield await ahead.shift()!
    }
    for (const result of ahead) yield await result
  } finally {
    await pool.close()
  }
}

/** The next bytes, as many as a frame takes unless the stream ends, in a buffer of their own. */
async function nextFrame(source: ByteSource): Promise<Frame | undefined> {
  let frame: Frame | undefined
  let length = 0
  while (length < frameSize) {
    const bytes = await source.bytes()
    if (bytes.length === 0) break
    frame ??= new Uint8Array(frameSize)
    const step = Math.min(bytes.length, frameSize - length)
    frame.set(bytes.subarray(0, step), length)
    source.consume(step)
    length += step
  }
  return frame?.subarray(0, length)
}
