import { BakthatError } from '@bakthat/errors'
import type { Identity, Stanza } from 'age-encryption'
import { dearmor } from './armor.js'
import { isArmoredAge, isBinaryAge, recognisablePrefix } from './age-format.js'
import { ByteReader } from './byte-reader.js'
import { damagedHeader } from './header-errors.js'
import { parseStanzas, readHeader } from './header.js'
import { checkText, identityProblem } from './key-syntax.js'
import { payloadKey, payloadNonceSize } from './payload.js'
import { checkWorkFactor, defaultMaxWorkFactor, readScryptStanza, unwrapWithPassphrase } from './scrypt.js'
import { decode, type PayloadKey } from './decode.js'
import type { Bytes, DecryptionKeys } from './types.js'

/**
 * The plaintext of an age v1 file, binary or armored, in chunks of at most 64 KiB. Nothing is read before the first chunk is
 * asked for, and memory is bounded.
 *
 * Every chunk is authentic when it is handed over, but **only a stream that ended well is whole**: keep aside what is made
 * of the chunks until then.
 *
 * Throws `INVALID_INPUT` where it is not an age file, an identity is malformed or the passphrase no text; `WRONG_KEY` where no
 * key fits, saying what kind of key it wants; `INTEGRITY` where anything was altered, cut off or added; `UNSAFE_ARCHIVE` where the header asks for
 * more scrypt work than `maxWorkFactor`; `UNSUPPORTED` for a later version of age. Errors of `bytes` and of the passphrase
 * function pass through.
 */
export async function* decrypt(bytes: Bytes, keys: DecryptionKeys): AsyncGenerator<Uint8Array> {
  const { bytes: payload, decoder } = await unlock(bytes, keys)
  yield* decode(payload, decoder.data)
}

/** An age file whose header was opened, and whose payload is still sealed. */
export interface UnlockedFile {
  /** The payload, and no more. Whoever does not read it to its end has to call its iterator's `return`, as `for await` does. */
  readonly bytes: Bytes
  /** Who opens it, in whatever thread. */
  readonly decoder: {
    /** The address of a module whose `decode(bytes, data)` gives the plaintext, as {@link decrypt} does. */
    readonly module: string
    /** What that is given: the key of this one file. It can be cloned. */
    readonly data: PayloadKey
  }
}

/**
 * Does the first half of {@link decrypt}, for programs in which another thread does the second: reads the header and finds
 * the key. Throws what `decrypt` throws of headers and keys; then `bytes` are released.
 */
export async function unlock(bytes: Bytes, keys: DecryptionKeys): Promise<UnlockedFile> {
  checkWorkFactor(keys.maxWorkFactor ?? defaultMaxWorkFactor)
  const received = new ByteReader(bytes)
  try {
    const file = (await isArmored(received)) ? new ByteReader(dearmor(received.rest())) : received
    const { key } = await openHead(file, keys)
    return {
      bytes: file.rest(),
      decoder: {
        module: new URL('./decode.js', import.meta.url).href,
        data: { key },
      },
    }
  } catch (error) {
    await received.close()
    throw error
  }
}

/** Reads what stands before the payload of a binary file: gives the payload's key, and how many bytes these were. */
export async function openHead(
  file: ByteReader,
  keys: DecryptionKeys,
): Promise<PayloadKey & { readonly size: number }> {
  const header = await readHeader(file)
  const fileKey = await openHeader(header, keys)
  const nonce = await file.take(payloadNonceSize)
  if (nonce.length < payloadNonceSize) throw damagedHeader('the nonce after it is missing')
  return { key: payloadKey(fileKey, nonce), size: header.length + nonce.length }
}

export async function isArmored(file: ByteReader): Promise<boolean> {
  const prefix = await file.peek(recognisablePrefix)
  if (isBinaryAge(prefix)) return false
  if (isArmoredAge(prefix)) return true
  throw new BakthatError('INVALID_INPUT', 'this is not an age file', { hint: 'check that it is encrypted, and whole' })
}

async function openHeader(header: Uint8Array, keys: DecryptionKeys): Promise<Uint8Array> {
  const stanzas = await parseStanzas(header)
  return stanzas.some(({ args: [type] }) => type === 'scrypt')
    ? openWithPassphrase(header, stanzas, keys)
    : openWithIdentities(header, stanzas, keys.identities ?? [])
}

async function openWithPassphrase(
  header: Uint8Array,
  stanzas: readonly Stanza[],
  keys: DecryptionKeys,
): Promise<Uint8Array> {
  const stanza = readScryptStanza(stanzas, keys.maxWorkFactor ?? defaultMaxWorkFactor)
  const passphrase = await keys.passphrase?.()
  if (passphrase === undefined || passphrase === '')
    throw new BakthatError('WRONG_KEY', 'the age file needs a passphrase', {
      hint: 'give the one it was encrypted with: --password-file FILE, or BAKTHAT_PASSWORD',
    })
  checkText(passphrase)
  const fileKey = await unwrapWithPassphrase(stanza, passphrase)
  if (fileKey === undefined)
    throw new BakthatError('WRONG_KEY', 'the passphrase does not open the age file', {
      hint: 'check for another spelling, keyboard layout or a line break at its end',
    })
  return authenticate(header, [{ unwrapFileKey: () => fileKey }])
}

async function openWithIdentities(
  header: Uint8Array,
  stanzas: readonly Stanza[],
  identities: readonly string[],
): Promise<Uint8Array> {
  for (const [index, identity] of identities.entries()) {
    const problem = identityProblem(identity)
    if (problem !== undefined)
      throw new BakthatError('INVALID_INPUT', `identity ${index + 1} of ${identities.length} ${problem.what}`, problem)
  }
  const reached = { end: false }
  const nobody: Identity = {
    unwrapFileKey: () => {
      reached.end = true
      return null
    },
  }
  return authenticate(header, [...identities, nobody]).catch((error: unknown) => {
    throw reached.end ? noIdentityFits(stanzas, identities.length) : error
  })
}

/** The file key that one of the identities finds, if the header's own authentication agrees. */
async function authenticate(header: Uint8Array, identities: readonly (string | Identity)[]): Promise<Uint8Array> {
  const { Decrypter } = await import('./age-library.js')
  const decrypter = new Decrypter()
  for (const identity of identities) decrypter.addIdentity(identity)
  try {
    return await decrypter.decryptHeader(header)
  } catch (cause) {
    throw damagedHeader('it does not authenticate', cause)
  }
}

/** The text of a stanza is whoever's who wrote the file: only what is known is repeated. */
const recipientKinds = new Map([
  ['X25519', 'X25519'],
  ['mlkem768x25519', 'post-quantum'],
])

function noIdentityFits(stanzas: readonly Stanza[], tried: number): BakthatError {
  const types = stanzas.map(({ args: [type = ''] }) => type).filter((type) => !type.endsWith('-grease'))
  const kinds = [...new Set(types.map((type) => recipientKinds.get(type) ?? 'of another kind'))].join(', ')
  const wanted = `encrypted to ${types.length} recipient${types.length === 1 ? '' : 's'} (${kinds})`
  const message =
    tried === 0
      ? `the age file needs an identity: it is ${wanted}`
      : `none of the identities given (${tried}) opens the age file, which is ${wanted}`
  return new BakthatError('WRONG_KEY', message, {
    hint: 'give the identity file of one of its recipients: --identity FILE, or identity in the profile',
  })
}
