import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto'
import { promisify } from 'node:util'
import { BakthatError } from '@bakthat/errors'
import type { Stanza } from 'age-encryption'
import { damagedHeader } from './header-errors.js'

/** What a passphrase stanza says: `-> scrypt SALT LOG_N`, and the sealed file key as its body. */
export interface ScryptStanza {
  readonly salt: Uint8Array
  readonly workFactor: number
  readonly body: Uint8Array
}

export const defaultWorkFactor = 18
export const defaultMaxWorkFactor = 20

/** 4 GiB of memory: more than this is a mistake or an attack. */
const highestWorkFactor = 22

const deriveKey = promisify<string, Uint8Array, number, object, Buffer>(scrypt)

/** Ends with the last one begun. One at a time: each takes 256 MiB as a rule, and whoever opens many files at once would take them for each. */
let derivation: Promise<void> = Promise.resolve()

/** Throws `INVALID_INPUT` where a work factor that the caller chose cannot be. */
export function checkWorkFactor(workFactor: number): void {
  if (Number.isInteger(workFactor) && workFactor >= 1 && workFactor <= highestWorkFactor) return
  throw new BakthatError('INVALID_INPUT', `${workFactor} is not a scrypt work factor`, {
    hint: `give a whole number from 1 to ${highestWorkFactor}; ${defaultWorkFactor} is usual`,
  })
}

/** Seals a file key with a passphrase. */
export async function wrapWithPassphrase(
  passphrase: string,
  workFactor: number,
  fileKey: Uint8Array,
): Promise<{ readonly args: string[]; readonly body: Uint8Array }> {
  const salt = randomBytes(16)
  const cipher = createCipheriv('chacha20-poly1305', await wrappingKey(passphrase, salt, workFactor), zeroNonce(), tag)
  const body = Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()])
  return { args: ['scrypt', salt.toString('base64').replace(/=+$/, ''), String(workFactor)], body }
}

/** The file key, or `undefined` where the passphrase is another one. */
export async function unwrapWithPassphrase(stanza: ScryptStanza, passphrase: string): Promise<Uint8Array | undefined> {
  const key = await wrappingKey(passphrase, stanza.salt, stanza.workFactor)
  const decipher = createDecipheriv('chacha20-poly1305', key, zeroNonce(), tag)
  decipher.setAuthTag(stanza.body.subarray(16))
  const fileKey = decipher.update(stanza.body.subarray(0, 16))
  try {
    decipher.final()
  } catch {
    return undefined
  }
  return fileKey
}

/**
 * The one stanza of a passphrase file, checked before anything is computed or allocated. Throws `INTEGRITY` where it is
 * malformed, `UNSAFE_ARCHIVE` where it asks for more work than is allowed.
 */
export function readScryptStanza(stanzas: readonly Stanza[], maxWorkFactor: number): ScryptStanza {
  const [stanza, ...others] = stanzas
  const [type, salt, workFactor, ...more] = stanza?.args ?? []
  if (stanza === undefined || type !== 'scrypt' || others.length > 0)
    throw damagedHeader('a passphrase stanza is not the only one')
  if (salt === undefined || workFactor === undefined || more.length > 0)
    throw damagedHeader('its passphrase stanza has not two arguments')
  if (!/^[1-9][0-9]*$/.test(workFactor)) throw damagedHeader('its work factor is not a number')
  const saltBytes = Buffer.from(salt, 'base64')
  if (saltBytes.length !== 16 || saltBytes.toString('base64').replace(/=+$/, '') !== salt)
    throw damagedHeader('its salt is not 16 bytes in canonical Base64')
  if (stanza.body.length !== 32) throw damagedHeader('its sealed file key has a wrong length')
  if (Number(workFactor) > maxWorkFactor) throw tooMuchWork(workFactor, maxWorkFactor)
  return { salt: saltBytes, workFactor: Number(workFactor), body: stanza.body }
}

const tag = { authTagLength: 16 }

/** A wrapping key seals one file key only, so age fixes the nonce. */
function zeroNonce(): Uint8Array {
  return new Uint8Array(12)
}

async function wrappingKey(passphrase: string, salt: Uint8Array, workFactor: number): Promise<Buffer> {
  const N = 2 ** workFactor
  const r = 8
  const labelled = Buffer.concat([Buffer.from('age-encryption.org/v1/scrypt'), salt])
  const derive = (): Promise<Buffer> =>
    deriveKey(passphrase, labelled, 32, { N, r, p: 1, maxmem: 128 * r * N + 2 ** 20 })
  const key = derivation.then(derive)
  const done = (): void => undefined
  derivation = key.then(done, done)
  return key
}

function tooMuchWork(workFactor: string, maximum: number): BakthatError {
  return new BakthatError(
    'UNSAFE_ARCHIVE',
    `the age file asks for a scrypt work factor of ${workFactor.slice(0, 20)}, over the limit of ${maximum}`,
    { hint: `if you trust the file and have the memory, raise the limit to at most ${highestWorkFactor}` },
  )
}
