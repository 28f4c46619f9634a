/** A reflected CRC with all ones before and after. */
export interface CrcModel {
  readonly width: 32 | 64
  readonly polynomial: bigint
}

/**
 * The CRC of two pieces in a row, from the CRC of each and the length of the second: the first is multiplied by
 * x^(8 × length) modulo the polynomial, and the second added.
 */
export function combineCrcs(model: CrcModel, first: bigint, second: bigint, secondLength: number): bigint {
  return multiply(model, power(model, secondLength), first) ^ second
}

/** x^(8 × bytes), by squaring. The highest bit stands for x^0. */
function power(model: CrcModel, bytes: number): bigint {
  const one = 1n << BigInt(model.width - 1)
  let result = one
  let square = one >> 8n
  for (let left = bytes; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = multiply(model, result, square)
    square = multiply(model, square, square)
  }
  return result
}

function multiply({ width, polynomial }: CrcModel, one: bigint, other: bigint): bigint {
  let product = 0n
  let factor = other
  for (let bit = 1n << BigInt(width - 1); bit > 0n; bit >>= 1n) {
    if ((one & bit) !== 0n) product ^= factor
    factor = (factor & 1n) === 1n ? (factor >> 1n) ^ polynomial : factor >> 1n
  }
  return product
}
