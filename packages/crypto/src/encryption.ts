import { randomBytes } from 'node:crypto'
import { BakthatError, givenList } from '@bakthat/errors'
import { headerForPassphrase, headerForRecipients, type Header } from './header.js'
import { checkText, isPostQuantumRecipient, recipientProblem, type KeyProblem } from './key-syntax.js'
import { payloadKey, payloadNonceSize, sealPayload } from './payload.js'
import { checkWorkFactor, defaultWorkFactor } from './scrypt.js'
import type { Bytes, EncryptionKeys } from './types.js'

/** Makes age files to the keys that it was prepared with. */
export interface Encryptor {
  /**
   * One age v1 file. May be called any number of times: each file has its own file key and header, made when its first
   * chunk is asked for, which with a passphrase costs scrypt's time and memory again. Memory is bounded. The result is
   * longer than `bytes` by the header and 16 bytes for each 64 KiB; it comes in pieces of up to 64 KiB and as small as 16
   * bytes, so gather them where each write costs (`writev` takes many at once).
   */
  readonly encrypt: (bytes: Bytes) => Bytes
}

/**
 * Checks keys before any byte is read, so that a typing error costs nothing.
 *
 * Throws `INVALID_INPUT`: no recipient, no list of them, one that is malformed (the message gives its place, never its text, which might be a
 * secret key that was pasted by mistake), a mixture of post-quantum and other ones, recipients together with a passphrase, a passphrase that is empty or no text,
 * a work factor out of range.
 *
 * @example
 * ```ts
 * import { decrypt, generateIdentity, prepareEncryption } from '@bakthat/crypto'
 *
 * const { identity, recipient } = await generateIdentity()
 * const { encrypt } = await prepareEncryption({ recipients: [recipient] })
 * for await (const chunk of decrypt(encrypt(bytes), { identities: [identity] })) process.stdout.write(chunk)
 * ```
 */
export async function prepareEncryption(keys: EncryptionKeys): Promise<Encryptor> {
  if ('recipients' in keys) {
    if ((keys as { readonly passphrase?: unknown }).passphrase !== undefined)
      throw new BakthatError('INVALID_INPUT', 'recipients and a passphrase were both given', {
        hint: 'an age file is encrypted to recipients or with a passphrase: choose one',
      })
    const recipients = [...givenList('recipients', keys.recipients)]
    await checkRecipients(recipients)
    return { encrypt: (bytes) => encryptFile(() => headerForRecipients(recipients), bytes) }
  }
  const { passphrase, workFactor = defaultWorkFactor } = keys
  checkPassphrase(passphrase)
  checkWorkFactor(workFactor)
  return { encrypt: (bytes) => encryptFile(() => headerForPassphrase(passphrase, workFactor), bytes) }
}

async function* encryptFile(makeHeader: () => Promise<Header>, bytes: Bytes): AsyncGenerator<Uint8Array> {
  const { bytes: header, fileKey } = await makeHeader()
  const nonce = randomBytes(payloadNonceSize)
  yield Buffer.concat([header, nonce])
  yield* sealPayload(payloadKey(fileKey, nonce), bytes)
}

function checkPassphrase(passphrase: string): void {
  checkText(passphrase)
  if (passphrase !== '') return
  throw new BakthatError('INVALID_INPUT', 'the passphrase is empty', { hint: 'give one, or do not encrypt' })
}

async function checkRecipients(recipients: readonly string[]): Promise<void> {
  if (recipients.length === 0)
    throw new BakthatError('INVALID_INPUT', 'there is no recipient to encrypt to', {
      hint: 'make an identity with bakthat keygen and give its recipient',
    })
  for (const [index, recipient] of recipients.entries()) {
    const problem = recipientProblem(recipient) ?? (await unusable(recipient))
    if (problem !== undefined)
      throw new BakthatError('INVALID_INPUT', `recipient ${index + 1} of ${recipients.length} ${problem.what}`, problem)
  }
  if (new Set(recipients.map(isPostQuantumRecipient)).size > 1)
    throw new BakthatError('INVALID_INPUT', 'post-quantum and other recipients are mixed', {
      hint: 'give only age1pq1… recipients: one of the others would undo their protection',
    })
}

/** Well-formed text can still be a point that no key agrees with. The library's message might hold the text. */
async function unusable(recipient: string): Promise<KeyProblem | undefined> {
  try {
    await headerForRecipients([recipient])
    return undefined
  } catch {
    return { what: 'is not a usable age recipient', hint: 'copy it again from where it was made' }
  }
}
