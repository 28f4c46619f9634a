import { constants, open } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { addAbortSignal } from 'node:stream'
import { promisify } from 'node:util'

/**
 * What a file holds. A FIFO is waited for, until the signal: it rejects with an `AbortError` then. It is not read as a file, for a
 * thread that waits in one cannot be called off, and no process ends before it.
 */
export async function readWaiting(path: string, signal?: AbortSignal): Promise<Uint8Array> {
  if (!(await stat(path)).isFIFO()) return readFile(path)
  const { Socket } = await import('node:net')
  const fifo = new Socket({ fd: await promisify(open)(path, constants.O_RDONLY | unawaited), writable: false })
  if (signal !== undefined) addAbortSignal(signal, fifo)
  const chunks: Uint8Array[] = []
  for await (const chunk of fifo as AsyncIterable<Uint8Array>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** Linux opens a FIFO before anybody writes to it, and then waits for who does; elsewhere it would be at its end. */
const unawaited = process.platform === 'linux' ? constants.O_NONBLOCK : 0
