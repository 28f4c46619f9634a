import { openPayload } from './payload.js'
import type { Bytes } from './types.js'

/** The key of the payload of one age file. */
export interface PayloadKey {
  readonly key: Uint8Array
}

/** The second half of decryption, as a module of its own, which another thread can load without all the rest. */
export function decode(bytes: Bytes, { key }: PayloadKey): Bytes {
  return openPayload(key, bytes)
}
