import { piFractionWords } from './pi.js'

const rounds = 16
const subkeys = rounds + 2
const boxSize = 256

/**
 * Blowfish with any key of 1 to 56 bytes, for reading what was written long ago: Node's OpenSSL has it only in its legacy
 * provider. Never encrypt anything new with it.
 */
export class Blowfish {
  readonly #p: Uint32Array
  readonly #s: Uint32Array
  /** The block that the last call worked on. */
  left = 0
  right = 0

  constructor(key: Uint8Array) {
    const words = piFractionWords(subkeys + 4 * boxSize)
    this.#p = words.slice(0, subkeys)
    this.#s = words.slice(subkeys)
    this.#mixIn(key)
    this.#schedule(this.#p)
    this.#schedule(this.#s)
  }

  /** Decrypts {@link left} and {@link right} in place. */
  decryptBlock(): void {
    const p = this.#p
    let left = this.left
    let right = this.right
    for (let round = rounds + 1; round > 1; round -= 2) {
      left ^= p[round]!
      right ^= this.#mix(left) ^ p[round - 1]!
      left ^= this.#mix(right)
    }
    this.left = (right ^ p[0]!) >>> 0
    this.right = (left ^ p[1]!) >>> 0
  }

  #encryptBlock(): void {
    const p = this.#p
    let left = this.left
    let right = this.right
    for (let round = 0; round < rounds; round += 2) {
      left ^= p[round]!
      right ^= this.#mix(left) ^ p[round + 1]!
      left ^= this.#mix(right)
    }
    this.left = (right ^ p[rounds + 1]!) >>> 0
    this.right = (left ^ p[rounds]!) >>> 0
  }

  #mix(word: number): number {
    const s = this.#s
    const sum = (s[word >>> 24]! + s[boxSize + ((word >>> 16) & 0xff)]!) | 0
    return ((sum ^ s[2 * boxSize + ((word >>> 8) & 0xff)]!) + s[3 * boxSize + (word & 0xff)]!) | 0
  }

  #mixIn(key: Uint8Array): void {
    let at = 0
    for (let index = 0; index < subkeys; index += 1) {
      let word = 0
      for (let byte = 0; byte < 4; byte += 1, at += 1) word = (word << 8) | key[at % key.length]!
      this.#p[index]! ^= word
    }
  }

  #schedule(table: Uint32Array): void {
    for (let index = 0; index < table.length; index += 2) {
      this.#encryptBlock()
      table[index] = this.left
      table[index + 1] = this.right
    }
  }
}
