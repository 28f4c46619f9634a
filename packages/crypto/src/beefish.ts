import { isUint8Array } from 'node:util/types'
import { BakthatError } from '@bakthat/errors'
import { blockDecipher, blowfishDecipher, type BeefishForm, type BlockDecipher } from './beefish-ciphers.js'
import { Blowfish } from './blowfish.js'
import { ByteReader } from './byte-reader.js'
import { checkText } from './key-syntax.js'
import type { Bytes } from './types.js'

export interface BeefishOptions {
  /**
   * How the file was encrypted. Without it the contents must be gzip, as those of every compressed backup are: their first
   * bytes then tell the form, and a wrong passphrase. With it nothing is checked, and a wrong passphrase gives garbage.
   */
  readonly form?: BeefishForm
}

const gzipMagic = Buffer.from([0x1f, 0x8b, 0x08])
const longestKey = 56

/**
 * The contents of a file that the Python tool encrypted, for reading only. The format authenticates nothing: rely on the
 * checksum of the gzip stream inside, which also shows a file that was cut at a multiple of its block size.
 *
 * A passphrase given as text is tried as UTF-8 and, where the form is not given, as Latin-1.
 *
 * Throws `INVALID_INPUT` where the passphrase is neither text nor bytes, `WRONG_KEY` where it cannot be right, `INTEGRITY` where the length shows that the file was cut off.
 */
export async function* decryptBeefish(
  bytes: Bytes,
  passphrase: string | Uint8Array,
  options: BeefishOptions = {},
): AsyncGenerator<Uint8Array> {
  const file = new ByteReader(bytes)
  try {
    if (!isUint8Array(passphrase)) checkText(passphrase)
    const decipher =
      options.form === undefined
        ? detectedDecipher(Buffer.from(await file.peek(16)), passphrase)
        : blockDecipher(options.form, keyFor(options.form, Buffer.from(passphrase)))
    yield* decryptBlocks(file, decipher)
  } finally {
    await file.close()
  }
}

async function* decryptBlocks(file: ByteReader, decipher: BlockDecipher): AsyncGenerator<Uint8Array> {
  const { blockSize, prefixSize } = decipher
  const prefix = await file.take(prefixSize)
  if (prefix.length < prefixSize) throw cutOff()
  decipher.start(Buffer.from(prefix))
  // The last block is held back: its last byte says how much of it is padding.
  let held = Buffer.alloc(0)
  for await (const chunk of file.rest()) {
    const received = Buffer.concat([held, chunk])
    const decryptable = Math.max(0, Math.ceil(received.length / blockSize) - 1) * blockSize
    if (decryptable > 0) yield decipher.decrypt(received.subarray(0, decryptable))
    held = received.subarray(decryptable)
  }
  if (held.length !== blockSize) throw cutOff()
  const last = decipher.decrypt(held)
  // Its high bits are random.
  const padding = last[blockSize - 1]! % blockSize || blockSize
  if (padding < blockSize) yield last.subarray(0, blockSize - padding)
}

function detectedDecipher(beginning: Buffer, passphrase: string | Uint8Array): BlockDecipher {
  if (beginning.length < 16) throw cutOff()
  for (const key of possibleKeys(passphrase)) {
    const cipher = new Blowfish(keyFor('blowfish-cbc', key))
    const chained = blowfishDecipher(cipher, true)
    chained.start(beginning.subarray(0, 8))
    if (isGzip(chained.decrypt(beginning.subarray(8, 16)))) return chained
    const unchained = blowfishDecipher(cipher, false)
    if (isGzip(unchained.decrypt(beginning.subarray(0, 8)))) return unchained
  }
  throw new BakthatError('WRONG_KEY', 'the passphrase does not open the beefish file, or its contents are not gzip', {
    hint: 'check the passphrase; if the backup was made without compression, give the form of its encryption',
  })
}

/** Python 2 passed on what the terminal sent: UTF-8 nearly always. */
function possibleKeys(passphrase: string | Uint8Array): Buffer[] {
  if (typeof passphrase !== 'string') return [Buffer.from(passphrase)]
  const latin1 = Buffer.from(passphrase, 'latin1')
  const utf8 = Buffer.from(passphrase)
  return latin1.toString('latin1') === passphrase && !latin1.equals(utf8) ? [utf8, latin1] : [utf8]
}

function keyFor(form: BeefishForm, key: Buffer): Buffer {
  if (form === 'aes-256-cbc' || (key.length >= 1 && key.length <= longestKey)) return key
  throw new BakthatError(
    'WRONG_KEY',
    `a passphrase of a beefish file has 1 to ${longestKey} bytes, and this one has not`,
    {
      hint: 'give the one it was encrypted with',
    },
  )
}

function isGzip(contents: Uint8Array): boolean {
  return gzipMagic.equals(contents.subarray(0, gzipMagic.length))
}

function cutOff(): BakthatError {
  return new BakthatError('INTEGRITY', 'the beefish file is cut off', {
    hint: 'fetch the file again, or use another copy',
  })
}
