import { workerData } from 'node:worker_threads'
import { serveRequests, type Served } from '../workers/worker-protocol.js'
import { Extraction, type ExtractionSettings, type ExtractionState } from './extraction.js'
import type { ExtractionRequest, Written } from './extraction-runner.js'

serveRequests(() => {
  const extraction = new Extraction(workerData as ExtractionSettings)
  return (request: ExtractionRequest) => {
    switch (request.kind) {
      case 'write':
        return written(extraction.write(request.bytes), request.bytes.buffer)
      case 'commit':
        return { response: extraction.commit(request.hasTrailer) }
      default:
        extraction.discard()
        return { response: undefined }
    }
  }
})

function written(state: ExtractionState, used: ArrayBuffer): Served {
  const response: Written = { state, used }
  return { response, transfer: [used] }
}
