import { BigFile } from './big-file.js'
import { HardLinks } from './hard-links.js'
import { frameSize, PlanBuilder } from './plan-builder.js'
import type { EntriesPlan, FramePlan, RawWarning } from './plan.js'
import { readFailure } from './read-failure.js'
import type { WalkedEntry } from './tree-walk.js'

/** A plan, and what has to be done on the main thread once it is filled. */
export interface PlannedFrame {
  plan: FramePlan
  /** The big file that ends with this frame. */
  readonly finished: BigFile | undefined
  /** Bytes of file contents that the plans up to this one ask for. */
  readonly bytesFound: number
}

/**
 * Cuts what the walk finds into frames, one at a time as they are asked for. A frame holds whole entries, or a piece of one big
 * file and nothing else; so where it ends depends on the tree alone.
 */
export class FramePlanner {
  readonly hardLinks = new HardLinks()
  readonly #entries: Iterable<WalkedEntry>
  readonly #builder: PlanBuilder
  readonly #warn: (warning: RawWarning) => void
  readonly #open = new Set<BigFile>()
  #bytesFound = 0

  constructor(root: string, entries: Iterable<WalkedEntry>, warn: (warning: RawWarning) => void) {
    this.#entries = entries
    this.#builder = new PlanBuilder(root)
    this.#warn = warn
  }

  /** The plans, in order; the last one is marked as such. */
  *frames(): Generator<PlannedFrame> {
    for (const entry of this.#entries) {
      if (entry.stats.isFile() && entry.stats.size >= frameSize) yield* this.#planBigFile(entry)
      else this.#planEntry(entry)
      if (this.#builder.isFull) yield this.#planned(this.#builder.take(false))
    }
    yield this.#planned(this.#builder.take(true))
  }

  /** To be called for a big file when all its frames are filled. Returns a warning if it has changed meanwhile. */
  finish(file: BigFile): RawWarning | undefined {
    const warning = file.check()
    file.close()
    this.#open.delete(file)
    return warning
  }

  /** Closes every file that is still open. */
  close(): void {
    for (const file of this.#open) file.close()
    this.#open.clear()
  }

  #planEntry(entry: WalkedEntry): void {
    const { path, stats } = entry
    const hardLinkTo = stats.isFile() ? this.hardLinks.meet(path, stats) : undefined
    if (stats.isFile() && hardLinkTo === undefined) this.#bytesFound += Number(stats.size)
    this.#builder.add(entry, hardLinkTo)
  }

  *#planBigFile(entry: WalkedEntry): Generator<PlannedFrame> {
    const file = this.#openFile(entry)
    if (file === undefined) return
    const linkTo = this.hardLinks.meet(entry.path, file.stats)
    if (linkTo !== undefined) {
      file.close()
      this.#builder.add(entry, linkTo)
      return
    }
    this.#open.add(file)
    this.#bytesFound += Number(file.stats.size)
    if (!this.#builder.isEmpty) yield this.#planned(this.#builder.take(false))
    for (const piece of file.pieces()) yield this.#planned(piece, piece.ends ? file : undefined)
  }

  #openFile(entry: WalkedEntry): BigFile | undefined {
    try {
      const file = new BigFile(entry)
      if (file.stats.isFile()) return file
      file.close()
      this.#warn({ code: 'vanished', path: entry.path, message: 'replaced by another kind of file' })
    } catch (error) {
      this.#warn(readFailure(error, entry.path))
    }
    return undefined
  }

  #planned(plan: FramePlan, finished?: BigFile): PlannedFrame {
    return { plan, finished, bytesFound: this.#bytesFound }
  }
}

/**
 * Makes a plan's hard links point to the targets of the paths that they link to. Without one, the first of them becomes the file
 * itself, and the target of the others, which is noted in `targets`. A plan that has none of them is returned as it is.
 */
export function redirectLinks(plan: EntriesPlan, targets: Map<string, string | undefined>): EntriesPlan {
  const redirected = [...plan.hardLinks].filter(([, from]) => targets.has(from))
  if (redirected.length === 0) return plan
  const hardLinks = new Map(plan.hardLinks)
  const paths = plan.paths.split('\0')
  for (const [index, from] of redirected) {
    const target = targets.get(from)
    if (target === undefined) {
      hardLinks.delete(index)
      targets.set(from, paths[index])
    } else {
      hardLinks.set(index, target)
    }
  }
  return { ...plan, hardLinks }
}
