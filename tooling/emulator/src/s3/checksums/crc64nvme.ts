import { crcTables, type CrcTables } from './crc-tables.js'

/** The polynomial of the NVM Express specification, reflected. */
export const crc64nvmePolynomial = 0x9a6c9329ac4bc9b5n

let shared: CrcTables | undefined

/** CRC-64/NVME over pieces. Its check value, of `123456789`, is AE8B14860A799888. */
export class Crc64Nvme {
  readonly #tables = (shared ??= crcTables(crc64nvmePolynomial, 8))
  #low = -1
  #high = -1

  update(data: Uint8Array): void {
    const { low: l, high: h } = this.#tables
    let low = this.#low
    let high = this.#high
    let at = 0
    for (const end = data.length - 7; at < end; at += 8) {
      const one = low ^ (data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16) | (data[at + 3]! << 24))
      const two = high ^ (data[at + 4]! | (data[at + 5]! << 8) | (data[at + 6]! << 16) | (data[at + 7]! << 24))
      const [a, b, c, d] = [
        1792 + (one & 255),
        1536 + ((one >>> 8) & 255),
        1280 + ((one >>> 16) & 255),
        1024 + (one >>> 24),
      ]
      const [e, f, g, i] = [768 + (two & 255), 512 + ((two >>> 8) & 255), 256 + ((two >>> 16) & 255), two >>> 24]
      low = l[a]! ^ l[b]! ^ l[c]! ^ l[d]! ^ l[e]! ^ l[f]! ^ l[g]! ^ l[i]!
      high = h[a]! ^ h[b]! ^ h[c]! ^ h[d]! ^ h[e]! ^ h[f]! ^ h[g]! ^ h[i]!
    }
    for (; at < data.length; at += 1) {
      const index = (low ^ data[at]!) & 255
      low = l[index]! ^ ((low >>> 8) | (high << 24))
      high = h[index]! ^ (high >>> 8)
    }
    this.#low = low
    this.#high = high
  }

  digest(): Buffer {
    const digest = Buffer.alloc(8)
    digest.writeInt32BE(~this.#high, 0)
    digest.writeInt32BE(~this.#low, 4)
    return digest
  }
}
