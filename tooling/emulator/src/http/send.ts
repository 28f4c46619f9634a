import type { ServerResponse } from 'node:http'

import type { Fault } from '../faults.js'
import type { Answer } from './exchange.js'

/** Sends an answer, or as much of it as the fault leaves. It never rejects: a client may be gone. */
export async function send(
  response: ServerResponse,
  method: string,
  { status, headers = {}, body = '' }: Answer,
  fault: Fault | undefined,
): Promise<void> {
  response.on('error', () => undefined)
  const isWhole = typeof body === 'string' || body instanceof Uint8Array
  const length = isWhole ? { 'content-length': String(Buffer.byteLength(body)) } : {}
  response.writeHead(status, status === 204 || status === 304 ? headers : { ...length, ...headers })
  if (method === 'HEAD') return void response.end()
  const limit = limitOf(fault)
  if (limit === undefined && isWhole) return void response.end(body)
  const chunks = isWhole ? [Buffer.from(body)] : body
  try {
    const all = await writeAll(response, chunks, limit ?? Infinity)
    if (all) response.end()
    else if (fault !== undefined && 'cutAnswer' in fault) response.socket?.resetAndDestroy()
  } catch {
    response.destroy()
  }
}

function limitOf(fault: Fault | undefined): number | undefined {
  if (fault === undefined) return undefined
  if ('cutAnswer' in fault) return fault.cutAnswer
  return 'stallAnswer' in fault ? fault.stallAnswer : undefined
}

/** Whether everything was within the limit, and has been written. */
async function writeAll(
  response: ServerResponse,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  limit: number,
): Promise<boolean> {
  let left = limit
  for await (const chunk of chunks) {
    const sent = chunk.length <= left ? chunk : chunk.subarray(0, left)
    left -= sent.length
    await written(response, sent)
    if (sent.length < chunk.length || response.destroyed) return false
  }
  return true
}

/** Waits until the chunk is on its way, or the client is gone. */
function written(response: ServerResponse, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('close', done)
      resolve()
    }
    response.on('close', done)
    response.write(chunk, done)
  })
}
