import { BakthatError } from '@bakthat/errors'
import { hasBech32Checksum } from './bech32.js'

/** Why a text is not the key that belongs in its place. Never holds the text, which may be a secret. */
export interface KeyProblem {
  /** Goes on after the name of the place: `is …`. */
  readonly what: string
  readonly hint: string
}

const bech32 = '[ac-hj-np-z02-9]'
/** 32 bytes in Bech32, with its checksum: four bits are left over in the 52nd character, and must be zero. */
const thirtyTwoBytes = `${bech32}{51}[qs]${bech32}{6}`
const x25519Recipient = new RegExp(`^age1${thirtyTwoBytes}$`)
const postQuantumRecipient = new RegExp(`^age1pq1${bech32}{1952}$`)
const identity = new RegExp(`^age-secret-key-(pq-)?1${thirtyTwoBytes}$`)

/** Why this is not a recipient that files can be encrypted to; `undefined` where it is one. */
export function recipientProblem(text: string): KeyProblem | undefined {
  if (/^age-(secret-key|plugin)-/i.test(text))
    return { what: 'is a secret key where a recipient belongs', hint: 'give the age1… recipient that belongs to it' }
  if (/^(ssh|ecdsa|sk)-/.test(text))
    return { what: 'is an SSH key, not an age recipient', hint: 'make an age identity with bakthat keygen' }
  if (/^age1(?!pq1)[a-z0-9-]+1/.test(text))
    return { what: 'is for an age plugin, which bakthat does not run', hint: 'make an identity with bakthat keygen' }
  const wellFormed = x25519Recipient.test(text) || postQuantumRecipient.test(text)
  if (wellFormed && hasBech32Checksum(text)) return undefined
  return { what: 'is not an age recipient, or is mistyped', hint: 'copy it again: it begins with age1' }
}

/** Why this is not an identity that files can be decrypted with; `undefined` where it is one. */
export function identityProblem(text: string): KeyProblem | undefined {
  if (text.startsWith('age1'))
    return { what: 'is a recipient where a secret key belongs', hint: 'give the identity that it was made from' }
  if (text.startsWith('AGE-PLUGIN-'))
    return { what: 'is for an age plugin, which bakthat does not run', hint: 'decrypt with the age command' }
  const isUpperCase = text === text.toUpperCase()
  if (isUpperCase && identity.test(text.toLowerCase()) && hasBech32Checksum(text)) return undefined
  return { what: 'is not an age identity, or is mistyped', hint: 'copy it again: it begins with AGE-SECRET-KEY-' }
}

export function isPostQuantumRecipient(recipient: string): boolean {
  return recipient.startsWith('age1pq1')
}

/** Throws `INVALID_INPUT` for a passphrase that is no text: a caller in JavaScript may give anything. */
export function checkText(passphrase: unknown): void {
  if (typeof passphrase === 'string') return
  throw new BakthatError('INVALID_INPUT', 'the passphrase is not a text', { hint: 'give a text' })
}
