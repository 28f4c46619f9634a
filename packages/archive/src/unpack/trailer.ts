import type { ByteSource } from './byte-source.js'

/**
 * Reads what follows the compressed data, for whoever made the stream checks it at its end. Tells whether there is anything but
 * zeros, which tapes fill up with.
 */
export async function readTrailer(source: ByteSource): Promise<boolean> {
  let found = false
  for await (const bytes of source.rest()) found ||= bytes.some((byte) => byte !== 0)
  return found
}
