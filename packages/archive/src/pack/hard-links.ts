import type { BigIntStats } from 'node:fs'

interface StoredFile {
  path: string
  readonly size: bigint
  readonly mtimeNs: bigint
  /** Names that the walk has not met yet. */
  remaining: number
}

/**
 * Remembers files with several names until all of them were met. Files with one name cost nothing. A name is only linked to
 * another where both are of the same size and time, too: file systems give the number of a file that is gone to a new one.
 */
export class HardLinks {
  readonly #files = new Map<string, StoredFile>()

  /** The path that a further name of the file links to; `undefined` for its first name, which is then remembered. */
  meet(path: string, stats: BigIntStats): string | undefined {
    if (stats.nlink < 2n) return undefined
    const { size, mtimeNs } = stats
    const key = `${stats.dev}:${stats.ino}`
    const known = this.#files.get(key)
    if (known?.size !== size || known.mtimeNs !== mtimeNs) {
      this.#files.set(key, { path, size, mtimeNs, remaining: Number(stats.nlink) - 1 })
      return undefined
    }
    if (--known.remaining === 0) this.#files.delete(key)
    return known.path
  }

  /** Lets further names of files link to other paths, or (`undefined`) makes the next one the first. Looks at all that it remembers. */
  move(targets: ReadonlyMap<string, string | undefined>): void {
    for (const [key, file] of this.#files) {
      if (!targets.has(file.path)) continue
      const to = targets.get(file.path)
      if (to === undefined) this.#files.delete(key)
      else file.path = to
    }
  }
}
