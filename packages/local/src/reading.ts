import { constants, type Stats } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'

import { BakthatError } from '@bakthat/errors'
import type { Bytes } from '@bakthat/storage'

import { absent, told, unless } from './failures.js'

const chunkSize = 1024 * 1024

/** What opening says of something that is no regular file: a link, a socket, nothing at all. */
const noBlob = [...absent, 'ELOOP', 'EMLINK', 'ENXIO', 'ENODEV']

/** Runs `use` on the blob's open file; without one there, `NOT_FOUND`. Links are not followed and pipes not waited for. */
export async function withBlob<T>(path: string, use: (file: FileHandle, stats: Stats) => T | Promise<T>): Promise<T> {
  const file = await openBlob(path)
  try {
    return await use(file, await told(path, () => file.stat()))
  } finally {
    await told(path, () => file.close())
  }
}

export function notFound(path: string): BakthatError {
  return new BakthatError('NOT_FOUND', `there is no blob at ${path}`)
}

/** The bytes from `start` to `end` (exclusive), in fresh chunks, one read ahead of its reader. */
export async function* readBlob(path: string, start: number, end: number): Bytes {
  const file = await openBlob(path)
  let ahead = readAt(file, path, start, end)
  try {
    for (let position = start; position < end;) {
      const chunk = await ahead
      position += chunk.length
      ahead = readAt(file, path, position, end)
      yield chunk
    }
  } finally {
    await ahead.catch(() => undefined)
    await told(path, () => file.close())
  }
}

function readAt(file: FileHandle, path: string, position: number, end: number): Promise<Uint8Array> {
  const reading = told(path, async () => {
    const chunk = Buffer.allocUnsafeSlow(Math.min(chunkSize, end - position))
    if (chunk.length === 0) return chunk
    const { bytesRead } = await file.read(chunk, 0, chunk.length, position)
    if (bytesRead > 0) return chunk.subarray(0, bytesRead)
    throw new BakthatError('INTEGRITY', `${path} ends after ${position} bytes of ${end}`, {
      hint: 'something shortened the file: restore another backup and check the disk',
    })
  })
  reading.catch(() => undefined)
  return reading
}

async function openBlob(path: string): Promise<FileHandle> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
  const file = await told(path, () => unless(noBlob, () => open(path, flags)))
  if (file === undefined) throw notFound(path)
  try {
    const stats = await told(path, () => file.stat())
    if (!stats.isFile()) throw notFound(path)
    return file
  } catch (error) {
    await file.close().catch(() => undefined)
    throw error
  }
}
