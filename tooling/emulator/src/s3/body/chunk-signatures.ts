import { createHash } from 'node:crypto'

import type { Credential } from '../../credentials.js'
import { emptySha256, scopeText, sha256Hex, sign } from '../../signature/signing.js'
import { isSame, type Verified } from '../../signature/verify.js'
import { S3Failure } from '../failure.js'
import { malformed, malformedTrailer } from './malformed.js'

/** What signs the chunks of a body, each with the signature of the one before. */
export type ChunkSigner = Pick<Verified<Credential>, 'signature' | 'timestamp' | 'scope' | 'key'>

/** Checks chunk after chunk, as its data comes; without a signer, that none is signed. */
export class ChunkSignatures {
  readonly #signer: ChunkSigner | undefined
  #previous: string
  #claimed = ''
  #hash = createHash('sha256')

  constructor(signer: ChunkSigner | undefined) {
    this.#signer = signer
    this.#previous = signer?.signature ?? ''
  }

  begin(signature: string | undefined): void {
    if ((signature === undefined) !== (this.#signer === undefined))
      throw malformed('a chunk is signed, and should not be, or the other way round')
    this.#claimed = signature ?? ''
    this.#hash = createHash('sha256')
  }

  update(data: Uint8Array): void {
    if (this.#signer !== undefined) this.#hash.update(data)
  }

  end(): void {
    if (this.#signer === undefined) return
    const { timestamp, scope } = this.#signer
    const toSign = [
      'AWS4-HMAC-SHA256-PAYLOAD',
      timestamp,
      scopeText(scope),
      this.#previous,
      emptySha256,
      this.#hash.digest('hex'),
    ]
    this.#compare(toSign, this.#claimed)
  }

  trailer(headers: string, signature: string | undefined): void {
    if (signature === undefined) throw malformedTrailer('x-amz-trailer-signature is missing')
    const { timestamp, scope } = this.#signer!
    this.#compare(
      ['AWS4-HMAC-SHA256-TRAILER', timestamp, scopeText(scope), this.#previous, sha256Hex(headers)],
      signature,
    )
  }

  #compare(toSign: readonly string[], claimed: string): void {
    const signature = sign(this.#signer!.key, toSign.join('\n'))
    if (!isSame(signature, claimed)) {
      throw new S3Failure('SignatureDoesNotMatch', 'The signature of a chunk does not match what came', {
        StringToSign: toSign.join('\n'),
        SignatureProvided: claimed,
      })
    }
    this.#previous = signature
  }
}
