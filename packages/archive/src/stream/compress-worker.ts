import { createCompressor } from '../compression/compression.js'
import type { Compression } from '../types.js'
import { poolData, serveRequests } from '../workers/worker-protocol.js'

serveRequests(() => {
  const compressor = createCompressor(poolData() as Compression)
  return (frame: Uint8Array) => {
    const response = compressor.compress(frame)
    return { response, transfer: [response.buffer] }
  }
})
