/** Why a request's signature was not taken. Each service has codes of its own for these. */
export type SignatureProblem =
  /** There is none. */
  | 'unsigned'
  /** The header, or the query, is not written as it must be. */
  | 'malformed'
  /** It is for another day, region or service than this one. */
  | 'out of scope'
  | 'unknown key'
  /** The session token is missing, unasked for or another one. */
  | 'wrong token'
  | 'expired token'
  /** The request's clock is more than 15 minutes off. */
  | 'skewed'
  /** A signed URL whose time has passed. */
  | 'expired'
  /** Headers that have to be signed are not. */
  | 'unsigned headers'
  /** Signed with another secret, or something else than what came. */
  | 'mismatch'

/** A signature that was not taken. */
export class SignatureFailure extends Error {
  readonly problem: SignatureProblem
  /** What the service may add to its error document. */
  readonly facts: Readonly<Record<string, string>>

  constructor(problem: SignatureProblem, message: string, facts: Readonly<Record<string, string>> = {}) {
    super(message)
    this.problem = problem
    this.facts = facts
  }
}
