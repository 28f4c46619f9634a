import { createDecompressor } from '../compression/compression.js'
import { serveRequests } from '../workers/worker-protocol.js'
import type { UnzstdRequest, UnzstdResponse } from './parallel-zstd.js'

serveRequests(() => {
  const decompressor = createDecompressor('zstd')
  return ({ frame, contentSize, memory }: UnzstdRequest) => {
    const content = decompressor.decompress(frame, contentSize, memory)
    const response: UnzstdResponse = { content, used: frame.buffer }
    return { response, transfer: [content.buffer, frame.buffer] }
  }
})
