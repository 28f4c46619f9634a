import type { Request } from '../../http/exchange.js'
import { S3Failure } from '../failure.js'
import { decodeChunks } from './aws-chunked.js'
import type { ChunkSigner } from './chunk-signatures.js'
import type { Headers } from './headers.js'

const streaming = {
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD': { isSigned: true, hasTrailer: false },
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER': { isSigned: true, hasTrailer: true },
  'STREAMING-UNSIGNED-PAYLOAD-TRAILER': { isSigned: false, hasTrailer: true },
} as const

/** What a request says that its body is. */
export interface Payload {
  /** Bytes, without any encoding. */
  readonly size: number
  /** Told what came after the body once that has been read. */
  readonly trailer: Map<string, string>
  /** Names of the headers that are to come after the body. */
  readonly announced: readonly string[]
  /** In hexadecimal, where the body was signed as a whole. */
  readonly sha256: string | undefined
  readonly bytes: AsyncIterable<Uint8Array>
}

/** The value of `x-amz-content-sha256`, without which S3 takes nothing. */
export function payloadHash(headers: Headers, isSignedUrl: boolean): string {
  const value = headers['x-amz-content-sha256']
  if (value === undefined && isSignedUrl) return 'UNSIGNED-PAYLOAD'
  if (value === undefined)
    throw new S3Failure('InvalidRequest', 'Missing required header for this request: x-amz-content-sha256')
  if (/^[\da-f]{64}$/.test(value) || value === 'UNSIGNED-PAYLOAD' || value in streaming) return value
  throw new S3Failure(
    'InvalidArgument',
    'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, a STREAMING value or a valid sha256 value.',
  )
}

/** Opens the body of a request whose signature was taken. Its length has to be known before. */
export function openPayload(request: Request, headers: Headers, hash: string, signer: ChunkSigner): Payload {
  const mode = streaming[hash as keyof typeof streaming] as (typeof streaming)[keyof typeof streaming] | undefined
  const isChunked = (headers['content-encoding'] ?? '').split(',').some((encoding) => encoding.trim() === 'aws-chunked')
  if (isChunked && mode === undefined)
    throw new S3Failure('InvalidRequest', 'aws-chunked goes with a STREAMING value of x-amz-content-sha256')
  const size = sizeOf(headers, mode !== undefined)
  const announced = (headers['x-amz-trailer'] ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '')
  if (announced.length > 0 !== (mode?.hasTrailer ?? false))
    throw new S3Failure('InvalidRequest', 'x-amz-trailer goes with a -TRAILER value of x-amz-content-sha256')
  const trailer = new Map<string, string>()
  const chunks = request.body as AsyncIterable<Uint8Array>
  return {
    size,
    trailer,
    announced,
    sha256: /^[\da-f]{64}$/.test(hash) ? hash : undefined,
    bytes:
      mode === undefined
        ? chunks
        : decodeChunks(chunks, {
            signer: mode.isSigned ? signer : undefined,
            hasTrailer: mode.hasTrailer,
            onTrailer: (name, value) => {
              if (!announced.includes(name)) throw new S3Failure('MalformedTrailerError', `${name} was not announced`)
              trailer.set(name, value)
            },
          }),
  }
}

function sizeOf(headers: Headers, isStreaming: boolean): number {
  const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined
  const text = hasBody ? headers[isStreaming ? 'x-amz-decoded-content-length' : 'content-length'] : '0'
  if (text === undefined || !/^\d+$/.test(text))
    throw new S3Failure('MissingContentLength', 'You must provide the Content-Length HTTP header.')
  return Number(text)
}
