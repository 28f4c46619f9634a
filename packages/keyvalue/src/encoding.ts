import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import type { Json } from '@bakthat/catalog'
import {
  decrypt,
  decryptBeefish,
  isAge,
  prepareEncryption,
  type DecryptionKeys,
  type EncryptionKeys,
} from '@bakthat/crypto'
import { BakthatError } from '@bakthat/errors'
import { collect, single } from '@bakthat/storage'

/** What the catalog says of a value, in the words of the Python tool, which kept them nowhere else. */
export interface Flags {
  readonly is_gzipped: boolean
  readonly is_enc: boolean
}

export interface Encoding {
  readonly compress: boolean
  readonly encryption: EncryptionKeys | undefined
}

/** Bytes of JSON. None larger is set, so that what gets larger when it is read was made to fill the memory. */
const largestValue = 256 << 20

/** JSON, then gzip, then age. `INVALID_INPUT` for what JSON cannot say, and for more of it than {@link decode} reads. */
export async function encode(key: string, value: unknown, { compress, encryption }: Encoding): Promise<Uint8Array> {
  const json = Buffer.from(jsonOf(key, value))
  if (json.length > largestValue) throw tooLarge(key, json.length)
  const packed = compress ? await promisify(gzip)(json) : json
  if (encryption === undefined) return packed
  const { encrypt } = await prepareEncryption(encryption)
  return collect(encrypt(single(packed)), Infinity)
}

/**
 * The value of what is stored under a key. What {@link encode} made tells by itself what it is; `flagsOf` is asked about
 * what is neither age, gzip nor JSON, which is what the Python tool encrypted.
 */
export async function decode(
  key: string,
  stored: Uint8Array,
  keys: DecryptionKeys,
  flagsOf: () => Promise<Flags | undefined>,
): Promise<Json> {
  if (isAge(stored)) return decodePlain(key, await collect(decrypt(single(stored), keys), Infinity))
  if (isGzip(stored)) return decodePlain(key, stored)
  const value = parsed(stored)
  if (value !== undefined) return value
  const flags = await flagsOf()
  if (flags?.is_enc === false) throw damaged(key)
  const form = flags?.is_gzipped === false ? ({ form: 'blowfish-cbc' } as const) : {}
  return decodePlain(key, await collect(decryptBeefish(single(stored), await passphraseOf(key, keys), form), Infinity))
}

function jsonOf(key: string, value: unknown): string {
  let cause: unknown
  try {
    // Its type denies it, but it gives `undefined` for what JSON does not have.
    const json = JSON.stringify(value) as string | undefined
    if (json !== undefined) return json
  } catch (error) {
    cause = error
  }
  throw new BakthatError('INVALID_INPUT', `what ${JSON.stringify(key)} is to be set to is no JSON value`, {
    hint: 'give an object, a list, a text, a number, true, false or null; delete the key to leave nothing',
    cause,
  })
}

function tooLarge(key: string, size: number): BakthatError {
  return new BakthatError(
    'INVALID_INPUT',
    `what ${JSON.stringify(key)} is to be set to takes ${size} bytes of JSON, where a value may have ${largestValue}`,
    { hint: 'set several keys to parts of it, or back it up as a file' },
  )
}

async function decodePlain(key: string, bytes: Uint8Array): Promise<Json> {
  const value = parsed(isGzip(bytes) ? await unzipped(key, bytes) : bytes)
  if (value === undefined) throw damaged(key)
  return value
}

async function unzipped(key: string, bytes: Uint8Array): Promise<Uint8Array> {
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: largestValue })
  } catch (cause) {
    throw damaged(key, cause)
  }
}

/** `undefined` where it is no JSON. */
function parsed(bytes: Uint8Array): Json | undefined {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as Json
  } catch {
    return undefined
  }
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 0x08
}

async function passphraseOf(key: string, keys: DecryptionKeys): Promise<string> {
  const passphrase = await keys.passphrase?.()
  if (passphrase !== undefined && passphrase !== '') return passphrase
  throw new BakthatError('WRONG_KEY', `${JSON.stringify(key)} is encrypted, or is no value of a key`, {
    hint: 'give the password that it was set with',
  })
}

function damaged(key: string, cause?: unknown): BakthatError {
  return new BakthatError('INTEGRITY', `what is stored under ${JSON.stringify(key)} is damaged, or no value of a key`, {
    hint: 'set it again; a bucket that keeps versions may have an older value',
    cause,
  })
}
