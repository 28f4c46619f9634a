import type { Bytes } from '../types.js'

/** Bytes that are not an archive yet, but what a decoder makes of them is. */
export interface Encoded {
  readonly bytes: Bytes
  readonly decoder?: Decoder
}

/** A step of decoding, for whatever thread unpacks what comes out of it. */
export interface Decoder {
  /** The address of a module that exports a {@link Decode} by the name `decode`. */
  readonly module: string
  /** What it is given besides the bytes; cloned on its way to another thread. */
  readonly data: unknown
}

/**
 * The decoded bytes. A chunk of `bytes` is only lent, until the one after the next is asked for; those that are handed over
 * belong to the reader. What it throws is what `extract` throws.
 */
export type Decode = (bytes: Bytes, data: unknown) => Bytes

/** Bytes that go through a decoder, which is loaded when the first one is asked for. */
export function decoded(bytes: Bytes, decoder: Decoder | undefined): Bytes {
  return decoder === undefined ? bytes : decodedBy(decoder, bytes)
}

async function* decodedBy(decoder: Decoder, bytes: Bytes): Bytes {
  const { decode } = (await import(decoder.module)) as { readonly decode: Decode }
  yield* decode(bytes, decoder.data)
}
