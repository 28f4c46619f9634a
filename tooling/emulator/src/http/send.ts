import { once } from 'node:events'
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
    if (response.destroyed) return true
    const sent = chunk.length <= left ? chunk : chunk.subarray(0, left)
    left -= sent.length
    if (!response.write(sent)) await Promise.race([once(response, 'drain'), once(response, 'close')])
    if (sent.length < chunk.length) {
      await flushed(response)
      return false
    }
  }
  return true
}

function flushed(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => response.write('', () => resolve()))
}
