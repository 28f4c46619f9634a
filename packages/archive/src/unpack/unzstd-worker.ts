import { decompressInto } from '../compression/decompress-into.js'
import { requireZstd } from '../compression/zstd.js'
import { serveRequests } from '../workers/worker-protocol.js'
import type { UnzstdRequest, UnzstdResponse } from './parallel-zstd.js'

serveRequests(() => {
  const decompressor = requireZstd().createDecompressor()
  return ({ frame, contentSize, memory }: UnzstdRequest) => {
    const response: UnzstdResponse = decompressInto(memory, decompressor, frame, contentSize)
    return { response }
  }
})
