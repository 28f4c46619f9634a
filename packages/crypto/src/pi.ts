/**
 * The first 32-bit words of π's fractional part, from Machin's formula. Blowfish's tables are nothing else, and computing
 * them (some 30 ms) leaves no thousand constants to mistype.
 */
export function piFractionWords(count: number): Uint32Array {
  const bits = BigInt(count * 32)
  const guardBits = 64n
  const one = 1n << (bits + guardBits)
  const pi = 4n * (4n * inverseTangent(5n, one) - inverseTangent(239n, one))
  const fraction = (pi % one) >> guardBits
  const bytes = Buffer.from(fraction.toString(16).padStart(count * 8, '0'), 'hex')
  return Uint32Array.from({ length: count }, (_, index) => bytes.readUInt32BE(index * 4))
}

/** arctan(1/x) in units of 1/one. */
function inverseTangent(x: bigint, one: bigint): bigint {
  let sum = 0n
  let sign = 1n
  let divisor = 1n
  for (let power = one / x; power > 0n; power /= x * x) {
    sum += (sign * power) / divisor
    sign = -sign
    divisor += 2n
  }
  return sum
}
