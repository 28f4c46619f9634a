import { workerData } from 'node:worker_threads'
import { serveRequests } from '../workers/worker-protocol.js'
import { FrameFiller } from './frame-filler.js'
import type { FillSettings, FramePlan } from './plan.js'

serveRequests(() => {
  const filler = new FrameFiller(workerData as FillSettings)
  return (plan: FramePlan) => {
    const response = filler.fill(plan)
    return { response, transfer: [response.bytes.buffer, response.index.buffer] }
  }
})
