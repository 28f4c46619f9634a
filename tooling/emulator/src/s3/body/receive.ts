import { createHash } from 'node:crypto'

import { newDigest, type ChecksumAlgorithm } from '../checksums/algorithms.js'
import { S3Failure } from '../failure.js'
import type { Content, ContentWriter } from '../store/contents.js'
import type { Claims } from './claims.js'
import type { Payload } from './payload.js'

/** A body that came as its request said. */
export interface Received {
  readonly content: Content
  /** In hexadecimal. */
  readonly md5: string
  /** In base64: of the algorithm that was asked for. */
  readonly checksum: string | undefined
}

/**
 * Reads a body into a writer and holds it to everything that was said of it. It throws with nothing kept if something is
 * not so. `algorithm` is the checksum to calculate whether or not one came.
 */
export async function receive(
  payload: Payload,
  claims: Claims,
  writer: ContentWriter,
  algorithm: ChecksumAlgorithm | undefined = claims.algorithm,
): Promise<Received> {
  const md5 = createHash('md5')
  const sha256 = payload.sha256 === undefined ? undefined : createHash('sha256')
  const digest = algorithm === undefined ? undefined : newDigest(algorithm)
  let size = 0
  try {
    for await (const chunk of payload.bytes) {
      size += chunk.length
      if (size > payload.size) break
      md5.update(chunk)
      sha256?.update(chunk)
      digest?.update(chunk)
      writer.write(chunk)
    }
    if (size !== payload.size)
      throw new S3Failure(
        'IncompleteBody',
        'You did not provide the number of bytes specified by the Content-Length HTTP header',
      )
    checkSha256(payload.sha256, sha256?.digest('hex'))
    const md5Digest = md5.digest()
    checkMd5(claims.md5, md5Digest.toString('base64'))
    const checksum = digest?.digest().toString('base64')
    checkChecksum(claims, checksum)
    return { content: writer.finish(), md5: md5Digest.toString('hex'), checksum }
  } catch (error) {
    writer.discard()
    throw error
  }
}

function checkSha256(claimed: string | undefined, found: string | undefined): void {
  if (claimed === found) return
  throw new S3Failure(
    'XAmzContentSHA256Mismatch',
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
    {
      ClientComputedContentSHA256: claimed ?? '',
      S3ComputedContentSHA256: found ?? '',
    },
  )
}

function checkMd5(claimed: string | undefined, found: string): void {
  if (claimed === undefined || claimed === found) return
  throw new S3Failure('BadDigest', 'The Content-MD5 you specified did not match what we received.', {
    ExpectedDigest: claimed,
    CalculatedDigest: found,
  })
}

function checkChecksum(claims: Claims, found: string | undefined): void {
  const claimed = claims.checksum()
  if (claimed === undefined || claimed === found) return
  throw new S3Failure('BadDigest', `The ${claims.algorithm!} you specified did not match the calculated checksum.`)
}
