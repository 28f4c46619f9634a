import { createHash, type Hash } from 'node:crypto'

import { gatherParts, type Bytes, type GatheredPart, type PartGathering } from '@bakthat/storage'

import type { BodyHashes } from './body-hashes.js'
import { rootOf, TreeHash } from './tree-hash.js'

export interface Part extends GatheredPart {
  readonly hashes: BodyHashes
}

/** What went by in all parts so far: 32 bytes are kept of each. */
export class Tally {
  size = 0
  readonly #hash: Hash = createHash('sha256')
  #sha256: string | undefined
  readonly #roots: Buffer[] = []

  add(bytes: Uint8Array): void {
    this.size += bytes.length
    this.#hash.update(bytes)
  }

  addPart(root: Buffer): void {
    this.#roots.push(root)
  }

  /** Ends the count. */
  sha256(): string {
    return (this.#sha256 ??= this.#hash.digest('hex'))
  }

  /** The tree hash of all parts that were given. */
  treeHash(): string {
    return rootOf(this.#roots).toString('hex')
  }
}

/** The stream in parts, each with its hashes and counted in `tally`. */
export async function* partsOf(
  bytes: Bytes,
  tally: Tally,
  gathering: Omit<PartGathering, 'onBytes'>,
): AsyncGenerator<Part> {
  let hashes = new PartHashes()
  const onBytes = (taken: Uint8Array): void => {
    tally.add(taken)
    hashes.add(taken)
  }
  for await (const part of gatherParts(bytes, { ...gathering, onBytes })) {
    const { linear, root } = hashes.digest()
    tally.addPart(root)
    yield { ...part, hashes: { linear, tree: root.toString('hex') } }
    hashes = new PartHashes()
  }
}

class PartHashes {
  readonly #linear = createHash('sha256')
  readonly #tree = new TreeHash()

  add(bytes: Uint8Array): void {
    this.#linear.update(bytes)
    this.#tree.update(bytes)
  }

  digest(): { readonly linear: string; readonly root: Buffer } {
    return { linear: this.#linear.digest('hex'), root: this.#tree.digest() }
  }
}
