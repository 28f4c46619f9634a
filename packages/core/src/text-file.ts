import { constants, open } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { Socket } from 'node:net'
import { promisify } from 'node:util'
import { collect, interruptible } from '@bakthat/storage'

/**
 * The text of a file that a caller named. A FIFO is not read as a file: a thread that waits in one cannot be called off, and no
 * process ends before it. `INTERRUPTED` after the signal, and the errors of the file system.
 */
export async function readTextFile(path: string, signal: AbortSignal | undefined): Promise<string> {
  if (!(await stat(path)).isFIFO()) return readFile(path, 'utf8')
  const fifo = new Socket({ fd: await promisify(open)(path, constants.O_RDONLY | unawaited), writable: false })
  try {
    return Buffer.from(await collect(interruptible(fifo, signal), Infinity)).toString()
  } finally {
    fifo.destroy()
  }
}

/** Linux opens a FIFO before anybody writes to it, and then waits for who does; elsewhere it would be at its end. */
const unawaited = process.platform === 'linux' ? constants.O_NONBLOCK : 0
