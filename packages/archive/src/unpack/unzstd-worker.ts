import { requireZstd } from '../compression/zstd.js'
import { serveRequests } from '../workers/worker-protocol.js'
import type { UnzstdRequest, UnzstdResponse } from './parallel-zstd.js'

serveRequests(() => {
  const decompressor = requireZstd().createDecompressor()
  return ({ frame, contentSize, memory }: UnzstdRequest) => {
    const content = decompressor.decompress(frame, contentSize, memory)
    const response: UnzstdResponse = { content, used: frame.buffer }
    return { response, transfer: [content.buffer, frame.buffer] }
  }
})
