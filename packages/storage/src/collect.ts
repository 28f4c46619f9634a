import { BakthatError } from '@bakthat/errors'

import type { Bytes } from './bytes.js'

/**
 * All of a small stream in one array. Throws `INTEGRITY`, and stops reading, at the first byte over `limit`: what is
 * collected comes from a store, and a manifest of many gigabytes is not a manifest.
 */
export async function collect(bytes: Bytes, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of bytes) {
    size += chunk.length
    if (size > limit) throw new BakthatError('INTEGRITY', `a blob of at most ${limit} bytes holds more than that`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size)
}

/** A stream of one chunk, which then belongs to the reader. */
// eslint-disable-next-line @typescript-eslint/require-await -- a stream is asynchronous by type
export async function* single(chunk: Uint8Array): Bytes {
  yield chunk
}
