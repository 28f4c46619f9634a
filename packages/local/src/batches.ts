import type { Bytes } from '@bakthat/storage'

/** Bytes of one batch at most, and so of one write; and chunks of one, as a system call takes no more. */
export const batchSize = 4 * 1024 * 1024
const batchChunks = 1024

/** The same bytes in batches that one gathering write takes, without copying any. */
export async function* batchesOf(bytes: Bytes): AsyncIterable<readonly Uint8Array[]> {
  let batch: Uint8Array[] = []
  let size = 0
  for await (const chunk of bytes) {
    for (let start = 0; start < chunk.length;) {
      const piece = chunk.subarray(start, start + batchSize - size)
      batch.push(piece)
      start += piece.length
      size += piece.length
      if (size < batchSize && batch.length < batchChunks) continue
      yield batch
      batch = []
      size = 0
    }
  }
  if (size > 0) yield batch
}
