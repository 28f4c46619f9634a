import { timingSafeEqual } from 'node:crypto'

import { minute, second } from '../clock.js'
import type { Credential } from '../credentials.js'
import type { Request } from '../http/exchange.js'
import { canonicalRequest } from './canonical.js'
import { SignatureFailure } from './failure.js'
import { parseSignature, type Claim } from './claim.js'
import { requestToSign, sign, signingKey, type Scope } from './signing.js'

export interface Verification<C extends Credential> {
  readonly credentials: readonly C[]
  /** Those that signatures may be for. */
  readonly regions: readonly string[]
  /** As it is called in scopes: `s3`. */
  readonly service: string
  /** The time of the server. */
  readonly now: Date
  /** What stands for the body in what is signed. */
  readonly payloadHash: string
}

/** A request whose signature was taken. */
export interface Verified<C extends Credential> {
  readonly credential: C
  readonly signature: string
  readonly timestamp: string
  readonly scope: Scope
  /** Signs what follows, such as chunks of the body. */
  readonly key: Buffer
}

const maximalSkew = 15 * minute

/**
 * Checks who made a request by AWS Signature Version 4, in headers or in the query, and that nothing that is signed was
 * changed on the way. Throws a `SignatureFailure`.
 */
export function verifySignature<C extends Credential>(
  request: Request,
  { credentials, regions, service, now, payloadHash }: Verification<C>,
): Verified<C> {
  const claim = parseSignature(request)
  checkScope(claim, regions, service)
  const credential = credentials.find(({ accessKeyId }) => accessKeyId === claim.accessKeyId)
  if (credential === undefined) {
    throw new SignatureFailure('unknown key', 'The AWS Access Key Id you provided does not exist in our records.', {
      AWSAccessKeyId: claim.accessKeyId,
    })
  }
  checkToken(claim, credential, now)
  checkTime(claim, now)
  checkSignedHeaders(request, claim)
  const key = signingKey(credential.secretAccessKey, claim.scope)
  checkSignature(request, claim, key, payloadHash)
  return { credential, signature: claim.signature, timestamp: claim.timestamp, scope: claim.scope, key }
}

function checkScope({ scope, timestamp }: Claim, regions: readonly string[], service: string): void {
  const wrong = (what: string, is: string, expected: string): SignatureFailure =>
    new SignatureFailure('out of scope', `The credential's ${what} '${is}' is wrong; expecting '${expected}'`, {
      [what.replace(/^./, (letter) => letter.toUpperCase())]: expected,
    })
  if (!regions.includes(scope.region)) throw wrong('region', scope.region, regions[0]!)
  if (scope.service !== service) throw wrong('service', scope.service, service)
  if (scope.date !== timestamp.slice(0, 8)) throw wrong('date', scope.date, timestamp.slice(0, 8))
}

function checkToken({ token }: Claim, { sessionToken, expires }: Credential, now: Date): void {
  if (token !== sessionToken)
    throw new SignatureFailure('wrong token', 'The provided token is malformed or otherwise invalid.')
  if (expires !== undefined && now >= expires)
    throw new SignatureFailure('expired token', 'The provided token has expired.')
}

function checkTime({ time, timestamp, validFor }: Claim, now: Date): void {
  const age = now.getTime() - time.getTime()
  if (validFor !== undefined && age > validFor * second) {
    throw new SignatureFailure('expired', 'Request has expired', {
      'X-Amz-Expires': String(validFor),
      Expires: new Date(time.getTime() + validFor * second).toISOString(),
      ServerTime: now.toISOString(),
    })
  }
  if (-age > maximalSkew || (validFor === undefined && age > maximalSkew)) {
    throw new SignatureFailure('skewed', 'The difference between the request time and the current time is too large.', {
      RequestTime: timestamp,
      ServerTime: now.toISOString(),
      MaxAllowedSkewMilliseconds: String(maximalSkew),
    })
  }
}

/** The host and everything of AWS's own must be signed, or somebody on the way could change it. */
function checkSignedHeaders({ headers }: Request, { signedHeaders, validFor }: Claim): void {
  // A signed URL cannot foresee what its user's client says of the body.
  const mayBeUnsigned = (name: string): boolean => validFor !== undefined && name === 'x-amz-content-sha256'
  const unsigned = Object.keys(headers).filter(
    (name) => (name === 'host' || name.startsWith('x-amz-')) && !signedHeaders.includes(name) && !mayBeUnsigned(name),
  )
  const absent = signedHeaders.filter((name) => headers[name] === undefined)
  if (absent.length > 0) throw new SignatureFailure('mismatch', `signed headers did not come: ${absent.join(', ')}`)
  if (unsigned.length > 0) {
    throw new SignatureFailure('unsigned headers', 'There were headers present in the request which were not signed', {
      HeadersNotSigned: unsigned.join(', '),
    })
  }
}

function checkSignature(request: Request, claim: Claim, key: Buffer, payloadHash: string): void {
  const { scope, timestamp, signedHeaders, signature } = claim
  const canonical = canonicalRequest({
    ...request,
    signedHeaders,
    payloadHash,
    encodesPathOnce: scope.service === 's3',
  })
  const toSign = requestToSign(timestamp, scope, canonical)
  if (isSame(sign(key, toSign), signature)) return
  throw new SignatureFailure(
    'mismatch',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    { StringToSign: toSign, CanonicalRequest: canonical, SignatureProvided: signature },
  )
}

export function isSame(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other))
}
