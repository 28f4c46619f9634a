import type { BufferStock } from './buffer-stock.js'
import type { OpenArchive } from './open-archive.js'

/** Small pieces are put together to this size: every message between threads has its price. */
const batchSize = 1 << 20

/** The archive's bytes in pieces of a MiB or more, each in a buffer of its own, to be given to the stock when it is done with. */
export async function* batches({ bytes, ownsBuffers }: OpenArchive, stock: BufferStock): AsyncGenerator<Batch> {
  let batch: Batch | undefined
  let length = 0
  for await (const piece of bytes) {
    if (ownsBuffers && piece.length >= batchSize) {
      if (length > 0) yield batch!.subarray(0, length)
      batch = undefined
      length = 0
      yield piece as Batch
      continue
    }
    for (let at = 0; at < piece.length;) {
      batch ??= new Uint8Array(stock.take(batchSize), 0, batchSize)
      const step = Math.min(piece.length - at, batchSize - length)
      batch.set(piece.subarray(at, at + step), length)
      at += step
      length += step
      if (length < batchSize) continue
      yield batch
      batch = undefined
      length = 0
    }
  }
  if (length > 0) yield batch!.subarray(0, length)
}

export type Batch = Uint8Array<ArrayBuffer>
