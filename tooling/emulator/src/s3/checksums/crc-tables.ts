/**
 * Tables for reading eight bytes at a time ("slicing-by-8") of a reflected polynomial of 64 bits, each split into halves
 * of 32 bits: the tables of one byte first, then of one byte and a zero, and so on.
 */
export interface CrcTables {
  readonly low: Int32Array
  readonly high: Int32Array
}

export function crcTables(polynomial: bigint, slices: number): CrcTables {
  const low = new Int32Array(256 * slices)
  const high = new Int32Array(256 * slices)
  const table = Array.from({ length: 256 }, (_, byte) => remainder(BigInt(byte), polynomial))
  let current = table
  for (let slice = 0; slice < slices; slice += 1) {
    current.forEach((value, byte) => {
      low[slice * 256 + byte] = Number(value & 0xffffffffn)
      high[slice * 256 + byte] = Number(value >> 32n)
    })
    current = current.map((value) => table[Number(value & 0xffn)]! ^ (value >> 8n))
  }
  return { low, high }
}

function remainder(byte: bigint, polynomial: bigint): bigint {
  let value = byte
  for (let bit = 0; bit < 8; bit += 1) value = (value & 1n) === 1n ? (value >> 1n) ^ polynomial : value >> 1n
  return value
}
