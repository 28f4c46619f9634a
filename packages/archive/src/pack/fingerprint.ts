import { createHash } from 'node:crypto'
import type { WalkedEntry } from './tree-walk.js'

/** The coarsest step of a file system's clock, that of FAT, in nanoseconds. */
const clockStep = 2_000_000_000n

/** What tells whether anything of a tree was changed, without reading it: see `fingerprint` of a survey. */
export class Fingerprint {
  readonly #hash = createHash('sha256')
  readonly #settledBefore: bigint
  #isSettled = true

  constructor(now: Date) {
    this.#settledBefore = BigInt(now.getTime()) * 1_000_000n - clockStep
  }

  add({ path, stats }: WalkedEntry): void {
    const { mode, uid, gid, rdev, size, mtimeNs, ctimeNs } = stats
    const facts: readonly unknown[] = stats.isDirectory()
      ? [path, mode, uid, gid]
      : [path, mode, uid, gid, rdev, size, mtimeNs, ctimeNs]
    // No path has a NUL, and the mode tells how much follows it: no two trees write the same.
    this.#hash.update(`${facts.join('\0')}\0\0`, 'latin1')
    if (!stats.isDirectory() && ctimeNs >= this.#settledBefore) this.#isSettled = false
  }

  digest(): string | undefined {
    return this.#isSettled ? this.#hash.digest('hex') : undefined
  }
}
