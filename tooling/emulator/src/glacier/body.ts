import { createHash } from 'node:crypto'

import type { Request } from '../http/exchange.js'
import { absent, invalid } from './failure.js'
import { treeHash } from './tree-hash.js'

export const mebibyte = 1024 ** 2

/** The most bytes of one archive in one request, and of one part. */
export const largestBody = 4096 * mebibyte

/** The body of a request that stores something: both its hashes must come along, and be right. */
export function checkedBody({ headers }: Request, body: Buffer): Buffer {
  if (body.length === 0) throw invalid('Invalid Content-Length: 0')
  if (body.length > largestBody) throw invalid(`Invalid Content-Length: ${body.length}`)
  const linear = headers['x-amz-content-sha256']
  const tree = headers['x-amz-sha256-tree-hash']
  if (linear === undefined) throw absent('Content SHA256')
  if (tree === undefined) throw absent('SHA256 tree hash')
  const computed = createHash('sha256').update(body).digest('hex')
  if (linear !== computed)
    throw invalid(`Content SHA256 hash mismatch: expected=${String(linear)} computed=${computed}`)
  checkTreeHash(body, String(tree))
  return body
}

export function checkTreeHash(content: Buffer, expected: string): void {
  const computed = treeHash(content).toString('hex')
  if (computed !== expected) throw invalid(`Checksum mismatch: expected ${expected} computed ${computed}`)
}

/** A description is up to 1,024 printable characters of ASCII, from space to tilde. */
export function descriptionOf({ headers }: Request): string {
  const description = headers['x-amz-archive-description'] ?? ''
  if (/^[ -~]{0,1024}$/.test(String(description))) return String(description)
  throw invalid(`Invalid archive description: ${String(description)}`)
}
