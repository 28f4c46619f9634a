import { checksumAlgorithms, digestLengths, type ChecksumAlgorithm } from '../checksums/algorithms.js'
import { S3Failure } from '../failure.js'
import type { Headers } from './headers.js'
import type { Payload } from './payload.js'

/** What a request says of its body, to be held against what came. */
export interface Claims {
  /** In base64. */
  readonly md5: string | undefined
  readonly algorithm: ChecksumAlgorithm | undefined
  /** In base64; of a trailer it is known only when the body has been read. */
  checksum(): string | undefined
}

const headerOf = (algorithm: ChecksumAlgorithm): string => `x-amz-checksum-${algorithm.toLowerCase()}`

/** Reads which digests come with a body. There is one checksum at most, in a header or after the body. */
export function claimsOf(headers: Headers, payload: Payload): Claims {
  const inHeaders = checksumAlgorithms.filter((algorithm) => headers[headerOf(algorithm)] !== undefined)
  const inTrailer = checksumAlgorithms.filter((algorithm) => payload.announced.includes(headerOf(algorithm)))
  const unknown = payload.announced.filter(
    (name) => !checksumAlgorithms.some((algorithm) => headerOf(algorithm) === name),
  )
  if (unknown.length > 0)
    throw new S3Failure(
      'InvalidRequest',
      `The value specified in the x-amz-trailer header is not supported: ${unknown.join()}`,
    )
  const [algorithm, ...more] = [...inHeaders, ...inTrailer]
  if (more.length > 0) {
    throw new S3Failure(
      'InvalidRequest',
      'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    )
  }
  checkNamed(headers['x-amz-sdk-checksum-algorithm'], algorithm)
  if (algorithm !== undefined && inHeaders.length > 0) checkForm(algorithm, headers[headerOf(algorithm)]!)
  return {
    md5: md5Of(headers['content-md5']),
    algorithm,
    checksum: () => {
      if (algorithm === undefined) return undefined
      const value = headers[headerOf(algorithm)] ?? payload.trailer.get(headerOf(algorithm))
      if (value === undefined)
        throw new S3Failure('MalformedTrailerError', `${headerOf(algorithm)} was announced and did not come`)
      checkForm(algorithm, value)
      return value
    },
  }
}

function checkNamed(named: string | undefined, found: ChecksumAlgorithm | undefined): void {
  if (named === undefined) return
  if (found === undefined) {
    throw new S3Failure(
      'InvalidRequest',
      'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
    )
  }
  if (named.toUpperCase() !== found)
    throw new S3Failure('InvalidRequest', 'Value for x-amz-sdk-checksum-algorithm header is invalid.')
}

function checkForm(algorithm: ChecksumAlgorithm, value: string): void {
  if (isBase64(value, digestLengths[algorithm])) return
  throw new S3Failure('InvalidRequest', `Value for ${headerOf(algorithm)} header is invalid.`)
}

function md5Of(value: string | undefined): string | undefined {
  if (value !== undefined && !isBase64(value, 16))
    throw new S3Failure('InvalidDigest', 'The Content-MD5 you specified was invalid.')
  return value
}

function isBase64(text: string, bytes: number): boolean {
  const decoded = Buffer.from(text, 'base64')
  return decoded.length === bytes && decoded.toString('base64') === text
}
