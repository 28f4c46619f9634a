import { createDecompressor } from '../compression/compression.js'
import { serveRequests } from '../workers/worker-protocol.js'
import type { CutFrame } from './zstd-frame-cutter.js'

serveRequests(() => {
  const decompressor = createDecompressor('zstd')
  return ({ frame, contentSize }: CutFrame) => {
    const response = decompressor.decompress(frame, contentSize)
    return { response, transfer: [response.buffer] }
  }
})
