import { createCipheriv } from 'node:crypto'

import { collect, type Bytes, type Locator, type RetrieveOptions, type StorageBackend } from '@bakthat/storage'

export const mebibyte = 1024 ** 2

/** Bytes that look random and are the same every time. */
export function noise(size: number): Buffer {
  return createCipheriv('aes-128-ctr', Buffer.alloc(16, 7), Buffer.alloc(16)).update(Buffer.alloc(size))
}

export async function* inChunks(content: Uint8Array, size = 64 * 1024): Bytes {
  for (let start = 0; start < content.length; start += size) {
    yield await Promise.resolve(Buffer.from(content.subarray(start, start + size)))
  }
}

/** All bytes of a blob that is readable at once. */
export async function read(backend: StorageBackend, locator: Locator, options?: RetrieveOptions): Promise<Buffer> {
  const answer = await backend.retrieve(locator, options)
  if (answer.state === 'pending') throw new Error('pending')
  return Buffer.from(await collect(answer.value, Infinity))
}

/** What a call rejects with. */
export async function failureOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => new Error('it did not fail'),
    (error: unknown) => error,
  )
}
