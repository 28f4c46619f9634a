import { BakthatError } from '@bakthat/errors'
import { identityProblem } from './key-syntax.js'

/** A secret key, and what others encrypt to. */
export interface KeyPair {
  /** `AGE-SECRET-KEY-1…`: whoever has it reads every file made for its recipient. Without it nobody does. */
  readonly identity: string
  /** `age1…`, public. */
  readonly recipient: string
}

export interface IdentityOptions {
  /**
   * Whether to make an ML-KEM-768 + X25519 hybrid, which a quantum computer would not break either. Its recipient has some
   * 2,000 characters, and age before 1.3 does not know it. Default false: X25519.
   */
  readonly postQuantum?: boolean
}

/** Makes a new identity from the system's randomness. */
export async function generateIdentity(options: IdentityOptions = {}): Promise<KeyPair> {
  const { generateHybridIdentity, generateX25519Identity } = await import('./age-library.js')
  const identity = await (options.postQuantum === true ? generateHybridIdentity() : generateX25519Identity())
  return { identity, recipient: await recipientOf(identity) }
}

/** The recipient that belongs to an identity. Throws `INVALID_INPUT`, without the identity's text. */
export async function recipientOf(identity: string): Promise<string> {
  const problem = identityProblem(identity)
  if (problem !== undefined) throw new BakthatError('INVALID_INPUT', `the given key ${problem.what}`, problem)
  const { identityToRecipient } = await import('./age-library.js')
  return identityToRecipient(identity)
}
