import { areStockBytes, type BufferStock, type StockBytes } from './buffer-stock.js'
import type { OpenArchive } from './open-archive.js'

/** Small pieces are put together to this size: every message between threads has its price. */
const batchSize = 1 << 20

/** The archive's bytes in pieces of a MiB or more, each in a buffer that is to be given to the stock when it is done with. */
export async function* batches({ bytes, fromStock }: OpenArchive, stock: BufferStock): AsyncGenerator<StockBytes> {
  let batch: StockBytes | undefined
  let length = 0
  for await (const piece of bytes) {
    const own = fromStock && areStockBytes(piece) ? piece : undefined
    if (own !== undefined && own.length >= batchSize) {
      if (length > 0) yield batch!.subarray(0, length)
      batch = undefined
      length = 0
      yield own
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
    if (own !== undefined) stock.give(own.buffer)
  }
  if (length > 0) yield batch!.subarray(0, length)
}
