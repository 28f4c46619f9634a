import { poolData, serveRequests } from '../workers/worker-protocol.js'
import { Extraction, type ExtractionSettings } from './extraction.js'
import type { ExtractionRequest } from './extraction-runner.js'

serveRequests(() => {
  const extraction = new Extraction(poolData() as ExtractionSettings)
  return (request: ExtractionRequest) => {
    switch (request.kind) {
      case 'write':
        return { response: extraction.write(request.bytes) }
      case 'finish':
        return { response: extraction.finish(request.hasTrailer) }
      case 'commit':
        return { response: extraction.commit() }
      default:
        extraction.discard()
        return { response: undefined }
    }
  }
})
