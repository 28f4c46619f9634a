import { createHash, type Hash } from 'node:crypto'

import type { Bytes } from '@bakthat/storage'

import type { BodyHashes } from './connection.js'
import { leafSize, rootOf, TreeHash } from './tree-hash.js'

export interface Part {
  /** Where in the archive it begins. */
  readonly start: number
  readonly size: number
  /** Whoever takes them out frees them. */
  readonly blocks: Buffer[]
  readonly hashes: BodyHashes
  readonly isLast: boolean
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

/**
 * The stream in parts of that size, at least one, each counted in `tally`. A part is given only when it is known whether
 * another follows.
 */
export async function* partsOf(bytes: Bytes, size: number, tally: Tally): AsyncGenerator<Part> {
  let part = new Gathering(0, size)
  for await (const chunk of bytes) {
    tally.add(chunk)
    for (let rest = chunk; rest.length > 0;) {
      if (part.isFull) {
        yield part.done(false, tally)
        part = new Gathering(part.end, size)
      }
      rest = rest.subarray(part.take(rest))
    }
  }
  yield part.done(true, tally)
}

class Gathering {
  readonly #start: number
  readonly #limit: number
  readonly #blocks: Buffer[] = []
  readonly #linear = createHash('sha256')
  readonly #tree = new TreeHash()
  #size = 0
  #room = 0

  constructor(start: number, limit: number) {
    this.#start = start
    this.#limit = limit
  }

  get isFull(): boolean {
    return this.#size === this.#limit
  }

  get end(): number {
    return this.#start + this.#size
  }

  /** Copies as much as fits into one block, and says how much that was. */
  take(bytes: Uint8Array): number {
    if (this.#room === 0) this.#addBlock(bytes.length)
    const block = this.#blocks.at(-1)!
    const taken = bytes.subarray(0, this.#room)
    block.set(taken, block.length - this.#room)
    this.#linear.update(taken)
    this.#tree.update(taken)
    this.#room -= taken.length
    this.#size += taken.length
    return taken.length
  }

  done(isLast: boolean, tally: Tally): Part {
    const last = this.#blocks.pop()
    if (last !== undefined) this.#blocks.push(last.subarray(0, last.length - this.#room))
    const root = this.#tree.digest()
    tally.addPart(root)
    const hashes = { linear: this.#linear.digest('hex'), tree: root.toString('hex') }
    return { start: this.#start, size: this.#size, blocks: this.#blocks, hashes, isLast }
  }

  /** The first block of a part is no larger than what arrives first: most blobs are small. */
  #addBlock(arrived: number): void {
    const wanted = this.#blocks.length === 0 ? Math.min(arrived, leafSize) : leafSize
    this.#room = Math.min(wanted, this.#limit - this.#size)
    this.#blocks.push(Buffer.allocUnsafeSlow(this.#room))
  }
}
