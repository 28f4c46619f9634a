import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, readdir } from 'node:fs/promises'

import { BakthatError, interruptible, throwIfAborted, type Bytes } from '@bakthat/plugin-sdk'

import { explained, isThere, told } from './errors.js'

/** The first line of a file. JSON has no line breaks in it. */
export function headOf(name: string): Buffer {
  return Buffer.from(`${JSON.stringify(name)}\n`)
}

/** The longest name, each byte of which may take six in JSON, and its quotes. */
const longestHead = 900 * 6 + 2

/** The name in the first line of a file; none where it was removed meanwhile. */
export async function nameIn(path: string): Promise<readonly string[]> {
  const opened = told(path, () => open(path))
  if (!(await isThere(opened))) return []
  const file = await opened
  try {
    const { buffer, bytesRead } = await told(path, () => file.read(Buffer.alloc(longestHead), 0, longestHead, 0))
    const [line = ''] = buffer.toString('utf8', 0, bytesRead).split('\n', 1)
    return [JSON.parse(line) as string]
  } finally {
    await file.close()
  }
}

/** A new file of that beginning and these bytes, flushed to the disk; the size and SHA-256 are of the bytes. */
export async function write(path: string, head: Buffer, bytes: Bytes): Promise<{ size: number; sha256: string }> {
  const file = await told(path, () => open(path, 'wx', 0o600))
  try {
    const hash = createHash('sha256')
    let size = 0
    await told(path, () => file.writeFile(head))
    for await (const chunk of bytes) {
      await told(path, () => file.writeFile(chunk)) // Goes on where the last one ended.
      hash.update(chunk)
      size += chunk.length
    }
    await told(path, () => file.sync())
    return { size, sha256: hash.digest('hex') }
  } finally {
    await file.close()
  }
}

/** The bytes from `start` to before `end`. Nothing is opened before they are read. */
export async function* read(path: string, start: number, end: number, signal: AbortSignal | undefined): Bytes {
  throwIfAborted(signal)
  if (start === end) return
  let left = end - start
  try {
    const stream: AsyncIterable<Buffer> = createReadStream(path, { start, end: end - 1 })
    for await (const chunk of interruptible(stream, signal)) {
      left -= chunk.length
      yield chunk
    }
  } catch (error) {
    throw explained(error, path)
  }
  if (left > 0) throw new BakthatError('INTEGRITY', `${path} is shorter than it was`)
}

/** The files of the directory; none where there is no directory yet. */
export async function filesIn(directory: string): Promise<readonly string[]> {
  const listed = told(directory, () => readdir(directory))
  return (await isThere(listed)) ? listed : []
}

/** Makes the names in a directory durable. */
export async function sync(directory: string): Promise<void> {
  const opened = await open(directory)
  try {
    await opened.sync()
  } finally {
    await opened.close()
  }
}
