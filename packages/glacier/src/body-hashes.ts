import { createHash } from 'node:crypto'

import { treeHashOf } from './tree-hash.js'

/** Both hashes of a body, in hexadecimal: of the bytes in a row, and of their tree. */
export interface BodyHashes {
  readonly linear: string
  readonly tree: string
}

export function hashesOf(bytes: Uint8Array): BodyHashes {
  return { linear: createHash('sha256').update(bytes).digest('hex'), tree: treeHashOf(bytes) }
}
