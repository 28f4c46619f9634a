import { loadCompressor } from '../compression/custom.js'
import { poolData, serveRequests } from '../workers/worker-protocol.js'
import { FrameFiller } from './frame-filler.js'
import type { FillSettings, FramePlan } from './plan.js'

const settings = poolData() as FillSettings
// Requests that come meanwhile wait. Without a module nothing is waited for: errors are to reach whoever asks.
const compressor = settings.compression.module === undefined ? undefined : await loadCompressor(settings.compression)

serveRequests(() => {
  const filler = new FrameFiller(settings, compressor)
  return (plan: FramePlan) => {
    const response = filler.fill(plan)
    return { response, transfer: [response.bytes.buffer, response.index.buffer] }
  }
})
