// What the shelf does with files: every error of the file system becomes one of the contract here.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import {
  BakthatError,
  interruptible,
  isBakthatError,
  locatorOfName,
  throwIfAborted,
  type BlobInfo,
  type Bytes,
  type ErrorCode,
} from '@bakthat/plugin-sdk'

/** What is stored, hashed on its way. */
export class Source implements AsyncIterable<Uint8Array> {
  readonly hash = createHash('sha256')
  /** Whether it was the source itself that failed: such an error is nobody's to translate. */
  failed = false
  readonly #bytes: Bytes

  constructor(bytes: Bytes) {
    this.#bytes = bytes
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of this.#bytes) {
        this.hash.update(chunk)
        yield chunk
      }
    } catch (error) {
      this.failed = true
      throw error
    }
  }
}

export async function look(box: string, name: string): Promise<BlobInfo> {
  try {
    const { size, mtime } = await stat(join(box, 'content'))
    return { name, locator: locatorOfName(name), size, storedAt: mtime }
  } catch (error) {
    throw translated(error, name)
  }
}

export async function* read(file: string, name: string, start: number, end: number, signal?: AbortSignal): Bytes {
  throwIfAborted(signal)
  if (start === end) return
  let left = end - start
  try {
    for await (const chunk of interruptible(createReadStream(file, { start, end: end - 1 }), signal)) {
      left -= chunk.length
      yield chunk
    }
  } catch (error) {
    throw translated(error, name)
  }
  if (left > 0) throw new BakthatError('INTEGRITY', `${name} is shorter than it was`)
}

/** A directory's entries are durable only when the directory itself was flushed. */
export async function flush(directory: string): Promise<void> {
  await using handle = await open(directory)
  await handle.sync()
}

export async function unlessMissing<T>(asking: Promise<T>, what: string): Promise<T | undefined> {
  try {
    return await asking
  } catch (error) {
    const told = translated(error, what)
    if (isBakthatError(told, 'NOT_FOUND')) return undefined
    throw told
  }
}

const codes: Readonly<Record<string, ErrorCode>> = {
  EACCES: 'PERMISSION_DENIED',
  EPERM: 'PERMISSION_DENIED',
  EROFS: 'PERMISSION_DENIED',
  EDQUOT: 'NO_SPACE',
  ENOSPC: 'NO_SPACE',
  EEXIST: 'ALREADY_EXISTS',
  ENOTEMPTY: 'ALREADY_EXISTS',
  ENOENT: 'NOT_FOUND',
  EIO: 'UNAVAILABLE',
}

export function translated(error: unknown, name: string): unknown {
  if (isBakthatError(error)) return error
  const { code = '', message } = error as NodeJS.ErrnoException
  const told = codes[code]
  return told === undefined ? error : new BakthatError(told, `${name}: ${message}`, { cause: error })
}
