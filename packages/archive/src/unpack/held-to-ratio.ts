import { BakthatError } from '@bakthat/errors'
import type { Bytes } from '../types.js'
import type { ByteSource } from './byte-source.js'

/** Decompression is held to the ratio once so much came out: small archives of zeros are harmless. */
const unsuspicious = 64 << 20

/** Passes on what comes out of a source. Throws `UNSAFE_ARCHIVE` where that is too much for what went in. */
export async function* heldToRatio(bytes: Bytes, source: ByteSource, maxRatio: number): Bytes {
  let size = 0
  for await (const piece of bytes) {
    size += piece.length
    if (size > unsuspicious && size > source.count * maxRatio) {
      throw new BakthatError('UNSAFE_ARCHIVE', `what was compressed grows more than ${maxRatio}-fold`, {
        hint: 'raise the limit on the ratio if you trust it',
      })
    }
    yield piece
  }
}
