import { createDecipheriv, createHash } from 'node:crypto'
import { Blowfish } from './blowfish.js'

/**
 * How a file was encrypted: `blowfish-cbc` by beefish 0.1.2 and later, which is what the Python tool used; `blowfish-ecb` by
 * 0.1.0 and 0.1.1; `aes-256-cbc` by beefish 0.2 with `-a`.
 */
export type BeefishForm = 'blowfish-cbc' | 'blowfish-ecb' | 'aes-256-cbc'

/** Decrypts whole blocks, in the order of the file. */
export interface BlockDecipher {
  readonly blockSize: number
  /** Bytes before the first block of data, handed over separately. */
  readonly prefixSize: number
  start(prefix: Uint8Array): void
  decrypt(blocks: Uint8Array): Uint8Array
}

export function blockDecipher(form: BeefishForm, key: Uint8Array): BlockDecipher {
  if (form === 'aes-256-cbc') return aesDecipher(key)
  return blowfishDecipher(new Blowfish(key), form === 'blowfish-cbc')
}

/** Both forms of Blowfish, `chained` being CBC. One cipher may serve several deciphers, one after the other. */
export function blowfishDecipher(cipher: Blowfish, chained: boolean): BlockDecipher {
  let previousLeft = 0
  let previousRight = 0
  return {
    blockSize: 8,
    prefixSize: chained ? 8 : 0,
    start(prefix) {
      if (!chained) return
      const words = viewOf(prefix)
      previousLeft = words.readUInt32BE(0)
      previousRight = words.readUInt32BE(4)
    },
    decrypt(blocks) {
      const ciphertext = viewOf(blocks)
      const plaintext = Buffer.allocUnsafe(blocks.length)
      for (let at = 0; at < blocks.length; at += 8) {
        const left = ciphertext.readUInt32BE(at)
        const right = ciphertext.readUInt32BE(at + 4)
        cipher.left = left
        cipher.right = right
        cipher.decryptBlock()
        plaintext.writeUInt32BE((cipher.left ^ previousLeft) >>> 0, at)
        plaintext.writeUInt32BE((cipher.right ^ previousRight) >>> 0, at + 4)
        if (!chained) continue
        previousLeft = left
        previousRight = right
      }
      return plaintext
    },
  }
}

/** The same bytes, to be read word by word. */
function viewOf({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length)
}

/** Its first 16 bytes were meant as an IV and never used: key and IV both come from the passphrase alone. */
function aesDecipher(passphrase: Uint8Array): BlockDecipher {
  const digests: Buffer[] = []
  for (let index = 0; index < 3; index += 1) {
    const hash = createHash('sha256').update(digests[index - 1] ?? Buffer.alloc(0))
    digests.push(hash.update(passphrase).digest())
  }
  const derived = Buffer.concat(digests.map((digest) => digest.subarray(0, 16)))
  const decipher = createDecipheriv('aes-256-cbc', derived.subarray(0, 32), derived.subarray(32)).setAutoPadding(false)
  return { blockSize: 16, prefixSize: 16, start: () => undefined, decrypt: (blocks) => decipher.update(blocks) }
}
