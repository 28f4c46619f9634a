import type { Request } from '../http/exchange.js'
import type { Query } from '../http/uri.js'
import { SignatureFailure } from './failure.js'
import type { Scope } from './signing.js'

/** What a request says of its signature. */
export interface Claim {
  readonly accessKeyId: string
  readonly scope: Scope
  /** `YYYYMMDDTHHMMSSZ` */
  readonly timestamp: string
  readonly time: Date
  readonly signedHeaders: readonly string[]
  readonly signature: string
  readonly token: string | undefined
  /** Of a signed URL: for how many seconds. */
  readonly validFor: number | undefined
}

const algorithm = 'AWS4-HMAC-SHA256'
const week = 604_800

/** Reads the signature in a request's header or query. Throws a `SignatureFailure`. */
export function parseSignature({ headers, query }: Request): Claim {
  const { authorization } = headers
  const isInQuery = query.some(([name]) => name === 'X-Amz-Signature')
  if (authorization !== undefined && isInQuery) {
    throw new SignatureFailure('malformed', 'Only one auth mechanism allowed; found a header and a query parameter')
  }
  if (isInQuery) return fromQuery(query)
  if (authorization === undefined) throw new SignatureFailure('unsigned', 'Access Denied')
  return fromHeader(authorization, String(headers['x-amz-date'] ?? ''), headers['x-amz-security-token'])
}

function fromHeader(authorization: string, timestamp: string, token: string | string[] | undefined): Claim {
  const [, credential, signedHeaders, signature] =
    /^AWS4-HMAC-SHA256\s+Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([^,\s]+)$/.exec(authorization) ??
    []
  if (credential === undefined) {
    throw new SignatureFailure('malformed', `The authorization header is malformed; expecting ${algorithm}.`)
  }
  return {
    ...parseCredential(credential),
    ...parseTime(timestamp),
    signedHeaders: parseNames(signedHeaders!),
    signature: signature!,
    token: token === undefined ? undefined : String(token),
    validFor: undefined,
  }
}

function fromQuery(query: Query): Claim {
  const of = (name: string): string => {
    const values = query.filter(([other]) => other === name).map(([, value]) => value)
    if (values.length === 1) return values[0]!
    throw new SignatureFailure('malformed', `Query-string authentication requires ${name} once.`)
  }
  if (of('X-Amz-Algorithm') !== algorithm) {
    throw new SignatureFailure('malformed', `X-Amz-Algorithm only supports ${algorithm}`)
  }
  return {
    ...parseCredential(of('X-Amz-Credential')),
    ...parseTime(of('X-Amz-Date')),
    signedHeaders: parseNames(of('X-Amz-SignedHeaders')),
    signature: of('X-Amz-Signature'),
    token: query.find(([name]) => name === 'X-Amz-Security-Token')?.[1],
    validFor: parseExpiry(of('X-Amz-Expires')),
  }
}

function parseCredential(text: string): Pick<Claim, 'accessKeyId' | 'scope'> {
  const [, accessKeyId, date, region, service] = /^([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request$/.exec(text) ?? []
  if (accessKeyId === undefined) {
    throw new SignatureFailure(
      'malformed',
      'the Credential is mal-formed; expecting "<key>/YYYYMMDD/REGION/SERVICE/aws4_request".',
    )
  }
  return { accessKeyId, scope: { date: date!, region: region!, service: service! } }
}

function parseTime(timestamp: string): Pick<Claim, 'timestamp' | 'time'> {
  const time = new Date(timestamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
  if (/^\d{8}T\d{6}Z$/.test(timestamp) && !Number.isNaN(time.getTime())) return { timestamp, time }
  throw new SignatureFailure('malformed', 'AWS authentication requires a valid x-amz-date.')
}

/** They are part of what is signed in this order alone: lower case, sorted. */
function parseNames(text: string): readonly string[] {
  const names = text.split(';')
  if (
    names.includes('host') &&
    text ===
      names
        .map((name) => name.toLowerCase())
        .sort()
        .join(';')
  )
    return names
  throw new SignatureFailure('malformed', 'SignedHeaders must be lower case, sorted, and have host among them.')
}

function parseExpiry(text: string): number {
  if (!/^\d+$/.test(text)) throw new SignatureFailure('malformed', 'X-Amz-Expires should be a number')
  if (Number(text) <= week) return Number(text)
  throw new SignatureFailure(
    'malformed',
    `X-Amz-Expires must be less than a week (in seconds); that is, it must be at most ${week}`,
  )
}
