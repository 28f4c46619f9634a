import { isUtf8 } from 'node:buffer'

/**
 * Paths are byte strings everywhere in this package: one character for each byte (latin1). They lose nothing, whatever
 * bytes a name holds, and `<` compares them in byte order.
 */
function isAscii(bytes: string): boolean {
  return !notAscii.test(bytes)
}

const notAscii = /[^\x00-\x7f]/

/** What `node:fs` takes for a byte string: itself, or its bytes where they are not ASCII. The empty one is the root directory. */
export function toFileSystemPath(bytes: string): string | Buffer {
  if (bytes === '') return '/'
  return isAscii(bytes) ? bytes : Buffer.from(bytes, 'latin1')
}

/** The byte string of a path as callers give it. */
export function toByteString(path: string | Uint8Array): string {
  if (typeof path !== 'string') return Buffer.from(path).toString('latin1')
  return isAscii(path) ? path : Buffer.from(path, 'utf8').toString('latin1')
}

/** The text that the bytes are in UTF-8, or `undefined` when they are not UTF-8. */
export function decodeUtf8(bytes: string): string | undefined {
  if (isAscii(bytes)) return bytes
  const buffer = Buffer.from(bytes, 'latin1')
  return isUtf8(buffer) ? buffer.toString('utf8') : undefined
}
