import { parentPort, workerData } from 'node:worker_threads'
import type { Bytes } from '../types.js'
import { describeError } from '../workers/worker-protocol.js'
import { decoded, type Decoder } from './decoder.js'
import type { ExtractionState } from './extraction.js'
import { LentBlocks } from './lent-blocks.js'
import type { FromUnpackThread, ToUnpackThread, UnpackTask } from './unpack-thread.js'
import { unpack } from './unpack.js'

const { settings, options, blocks, tellsState } = workerData as UnpackTask
const port = parentPort!
const stop = new AbortController()
const input = new LentBlocks(blocks, (free) => {
  tell({ free })
})

const decoder = new Promise<Decoder | undefined>((resolve) => {
  port.on('message', (message: ToUnpackThread) => {
    if (message === 'stop') stop.abort()
    else if (message === 'end') input.end()
    else if ('slot' in message) input.add(message.slot, message.length)
    else resolve(message.decoder)
  })
})

try {
  tell({ summary: await unpack(archive(), settings, { ...options, signal: stop.signal, onState }) })
} catch (error) {
  tell({ error: describeError(error) })
}
port.close()

/** What is asked for at once, so that all threads there will be are started while nobody knows yet what comes. */
async function* archive(): Bytes {
  yield* decoded(input, await decoder)
}

function onState(state: ExtractionState): void {
  if (tellsState) tell({ state })
}

function tell(message: FromUnpackThread): void {
  port.postMessage(message)
}
