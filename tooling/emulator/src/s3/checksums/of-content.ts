import type { Content } from '../store/contents.js'
import type { Checksum } from '../store/version.js'
import { newDigest, type ChecksumAlgorithm } from './algorithms.js'

/** The checksum of a whole content, in base64. */
export function checksumOf(algorithm: ChecksumAlgorithm, content: Content): string {
  const digest = newDigest(algorithm)
  for (const block of content.read(0, content.size)) digest.update(block)
  return digest.digest().toString('base64')
}

/** What a server that lost some of the bytes on the way to its disk says of what it has. A checksum of checksums stays. */
export function damagedChecksum(checksum: Checksum | undefined, content: Content): Checksum | undefined {
  if (checksum?.type !== 'FULL_OBJECT') return checksum
  return { ...checksum, value: checksumOf(checksum.algorithm, content) }
}
