import type { IncomingHttpHeaders } from 'node:http'

import { uriEncode, type Query } from '../http/uri.js'

export interface Canonical {
  readonly method: string
  /** Percent-encoded, as it was sent. */
  readonly path: string
  readonly query: Query
  readonly headers: IncomingHttpHeaders
  readonly signedHeaders: readonly string[]
  readonly payloadHash: string
  /** S3 alone encodes a path once and keeps its dots and double slashes; all others encode it twice. */
  readonly encodesPathOnce: boolean
}

/** A request in the form that is signed. Headers are a byte a character in it. */
export function canonicalRequest(request: Canonical): string {
  return [
    request.method,
    canonicalPath(request),
    canonicalQuery(request.query),
    ...request.signedHeaders.map((name) => `${name}:${trimmed(request.headers[name])}`),
    '',
    request.signedHeaders.join(';'),
    request.payloadHash,
  ].join('\n')
}

function canonicalPath({ path, encodesPathOnce }: Canonical): string {
  const encoded = path
    .split('/')
    .map((segment) => uriEncode(decodeURIComponent(segment)))
    .join('/')
  return encodesPathOnce ? encoded : encoded.split('/').map(uriEncode).join('/')
}

/** In the order of the encoded names, then values; the signature itself left out. */
function canonicalQuery(query: Query): string {
  return query
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [uriEncode(name), uriEncode(value)] as const)
    .sort(([oneName, one], [otherName, other]) => compare(oneName, otherName) || compare(one, other))
    .map((pair) => pair.join('='))
    .join('&')
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}

function trimmed(value: string | string[] | undefined): string {
  return [value ?? []].flat().join(',').trim().replaceAll(/ +/g, ' ')
}
