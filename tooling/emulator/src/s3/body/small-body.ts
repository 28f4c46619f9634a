import type { Headers } from './headers.js'
import { claimsOf } from './claims.js'
import type { Payload } from './payload.js'
import { receive } from './receive.js'
import { S3Failure } from '../failure.js'

/** Documents are of thousands of parts or keys at most. */
const most = 4 * 1024 * 1024

/** Reads a body that is no object, and holds it to the digests that came with it. */
export async function smallBody(headers: Headers, payload: Payload): Promise<Buffer> {
  if (payload.size > most)
    throw new S3Failure('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size')
  const chunks: Uint8Array[] = []
  await receive(payload, claimsOf(headers, payload), {
    write: (chunk) => chunks.push(chunk),
    finish: () => ({ size: payload.size, read: () => chunks, release: () => undefined }),
    discard: () => undefined,
  })
  return Buffer.concat(chunks)
}
