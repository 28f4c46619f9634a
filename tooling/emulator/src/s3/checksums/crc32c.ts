import { crcTables } from './crc-tables.js'

/** Castagnoli's polynomial, reflected. */
export const crc32cPolynomial = 0x82f63b78n

let tables: Int32Array | undefined

/** CRC-32C, going on from an earlier value, as `crc32` of `node:zlib` does it. */
export function crc32c(data: Uint8Array, before = 0): number {
  const table = (tables ??= crcTables(crc32cPolynomial, 4).low)
  let crc = ~before
  let at = 0
  for (const end = data.length - 3; at < end; at += 4) {
    crc ^= data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16) | (data[at + 3]! << 24)
    crc =
      table[768 + (crc & 255)]! ^
      table[512 + ((crc >>> 8) & 255)]! ^
      table[256 + ((crc >>> 16) & 255)]! ^
      table[crc >>> 24]!
  }
  for (; at < data.length; at += 1) crc = table[(crc ^ data[at]!) & 255]! ^ (crc >>> 8)
  return ~crc >>> 0
}
