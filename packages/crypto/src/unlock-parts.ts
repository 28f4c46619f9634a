import { BakthatError } from '@bakthat/errors'
import { ByteReader } from './byte-reader.js'
import { isArmored, openHead } from './decryption.js'
import { longestHeader } from './header.js'
import { partOfPayload, payloadNonceSize, plaintextSize } from './payload.js'
import { checkWorkFactor, defaultMaxWorkFactor } from './scrypt.js'
import type { Bytes, DecryptionKeys } from './types.js'

/** A file of which any part can be read. */
export interface Parts {
  /** In bytes. */
  readonly size: number
  /** From the byte `start` to `end` (exclusive), both within the file. */
  readonly read: (start: number, end: number) => Bytes
}

/**
 * The plaintext of a binary age v1 file, any part of it, at the cost of reading the file's header now and for each part the chunks
 * of 64 KiB that it lies in. Every byte that a part gives is authentic and stands where it belongs; whether the rest of the file
 * is whole, nobody looks.
 *
 * Throws what `decrypt` throws of headers and keys, `UNSUPPORTED` for an armored file, and `INTEGRITY` for a size that no age
 * file has; parts throw `INTEGRITY`, and errors of `file` pass through.
 */
export async function unlockParts(file: Parts, keys: DecryptionKeys): Promise<Parts> {
  checkWorkFactor(keys.maxWorkFactor ?? defaultMaxWorkFactor)
  const beginning = new ByteReader(beginningOf(file))
  try {
    if (await isArmored(beginning))
      throw new BakthatError('UNSUPPORTED', 'parts of an armored age file cannot be read', {
        hint: 'read it as a whole',
      })
    const { key, size: headSize } = await openHead(beginning, keys)
    const payloadSize = file.size - headSize
    return {
      size: plaintextSize(payloadSize),
      read: (start, end) => {
        const part = partOfPayload(payloadSize, start, end)
        return part.open(key, file.read(headSize + part.start, headSize + part.end))
      },
    }
  } finally {
    await beginning.close()
  }
}

/** Longer than the header of any file to some hundred recipients. */
const usualHead = 64 * 1024

/** What is beyond the usual is not asked for until it is wanted. */
async function* beginningOf({ size, read }: Parts): Bytes {
  yield* read(0, Math.min(size, usualHead))
  if (size > usualHead) yield* read(usualHead, Math.min(size, longestHeader + payloadNonceSize))
}
