import { createHash } from 'node:crypto'

/** The bytes under one leaf of a tree hash. */
export const leafSize = 1024 ** 2

/** Puts the SHA-256 of two neighbours together; one that has no neighbour goes up unchanged. */
function parentsOf(nodes: readonly Buffer[]): Buffer[] {
  const parents: Buffer[] = []
  for (let index = 0; index < nodes.length; index += 2) {
    const [left, right] = [nodes[index]!, nodes[index + 1]]
    parents.push(right === undefined ? left : createHash('sha256').update(left).update(right).digest())
  }
  return parents
}

/**
 * The root over these nodes: over the SHA-256 of every MiB, or over the roots of parts that are all, but the last, of one size,
 * a MiB times a power of two. Of no nodes at all it is the SHA-256 of nothing.
 */
export function rootOf(nodes: readonly Buffer[]): Buffer {
  let level = nodes
  while (level.length > 1) level = parentsOf(level)
  return level[0] ?? createHash('sha256').digest()
}

/** The tree hash of bytes that come in pieces, of which it keeps 32 for every MiB and no more. */
export class TreeHash {
  readonly #leaves: Buffer[] = []
  #leaf = createHash('sha256')
  #filled = 0

  update(bytes: Uint8Array): this {
    for (let rest = bytes; rest.length > 0;) {
      if (this.#filled === leafSize) this.#close()
      const taken = rest.subarray(0, leafSize - this.#filled)
      this.#leaf.update(taken)
      this.#filled += taken.length
      rest = rest.subarray(taken.length)
    }
    return this
  }

  /** Ends the count. */
  digest(): Buffer {
    if (this.#filled > 0) this.#close()
    return rootOf(this.#leaves)
  }

  #close(): void {
    this.#leaves.push(this.#leaf.digest())
    this.#leaf = createHash('sha256')
    this.#filled = 0
  }
}

/** The tree hash of bytes in memory, in lower-case hexadecimal. */
export function treeHashOf(bytes: Uint8Array): string {
  return new TreeHash().update(bytes).digest().toString('hex')
}
