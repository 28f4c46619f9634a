const alphabet = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'
const generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3]

/** Whether the checksum of a Bech32 text (BIP 173, without its limit of length, in one case throughout) fits. */
export function hasBech32Checksum(text: string): boolean {
  const lower = text.toLowerCase()
  const separator = lower.lastIndexOf('1')
  const prefix = Array.from(lower.slice(0, separator), (character) => character.charCodeAt(0))
  const words = Array.from(lower.slice(separator + 1), (character) => alphabet.indexOf(character))
  return polymod([...prefix.map((code) => code >> 5), 0, ...prefix.map((code) => code & 31), ...words]) === 1
}

function polymod(values: readonly number[]): number {
  let checksum = 1
  for (const value of values) {
    const top = checksum >>> 25
    checksum = ((checksum & 0x1ffffff) << 5) ^ value
    for (const [bit, term] of generator.entries()) if ((top >> bit) & 1) checksum ^= term
  }
  return checksum
}
