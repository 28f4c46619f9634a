import { createHash } from 'node:crypto'

/** The bytes under one leaf. */
export const leafSize = 1024 ** 2

/**
 * The SHA-256 tree hash as AWS defines it: a tree over leaves of 1 MiB whose every left half is as large a power of two as
 * leaves something to the right. Written as the definition goes, and nothing is kept: it is a judge of faster ones.
 * Source: https://docs.aws.amazon.com/amazonglacier/latest/dev/checksum-calculations.html
 */
export function treeHash(content: Uint8Array): Buffer {
  if (content.length <= leafSize) return sha256(content)
  const middle = leftLeaves(Math.ceil(content.length / leafSize)) * leafSize
  return sha256(Buffer.concat([treeHash(content.subarray(0, middle)), treeHash(content.subarray(middle))]))
}

/**
 * Whether the bytes from `start` to before `end` are what lies under one node of the tree over `size` bytes: then, and only
 * then, AWS tells a hash of them.
 * Source: https://docs.aws.amazon.com/amazonglacier/latest/dev/checksum-calculations-range.html
 */
export function isNode(start: number, end: number, size: number): boolean {
  if (start === 0 && end === size) return true
  if (size <= leafSize) return false
  const middle = leftLeaves(Math.ceil(size / leafSize)) * leafSize
  return start < middle ? isNode(start, end, middle) : isNode(start - middle, end - middle, size - middle)
}

/** The largest power of two that is less than `leaves`. */
function leftLeaves(leaves: number): number {
  let power = 1
  while (power * 2 < leaves) power *= 2
  return power
}

function sha256(content: Uint8Array): Buffer {
  return createHash('sha256').update(content).digest()
}
