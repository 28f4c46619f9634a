import type { BigIntStats } from 'node:fs'
import { blockSize, padToBlock } from '../tar/encode-header.js'
import { bigColumn, bigColumns, column, columns, type EntriesPlan } from './plan.js'
import type { WalkedEntry } from './tree-walk.js'

/** The tar bytes that a frame of entries should hold. Frames end up to one file short of twice this. */
export const frameSize = 2 * 1024 * 1024

/** Bytes of a path for which there is room beside the other records of a pax header's one block. */
const roomForPath = 400

/** Every entry takes a block at least, so no frame holds more. */
const mostEntries = frameSize / blockSize

/** Directories that are kept open for the sake of a frame: some systems give a process no more than 1,024 descriptors. */
const mostHeld = 256

/** Collects entries until they make a frame. */
export class PlanBuilder {
  readonly #root: string
  #paths: string[] = []
  #numbers = new Float64Array(mostEntries * columns)
  #bigNumbers = new BigInt64Array(mostEntries * bigColumns)
  #hardLinks = new Map<number, string>()
  #detours = new Map<number, string>()
  #farTimes = new Map<number, bigint>()
  #plannedSize = 0
  #held = 0
  #lastHeld = ''

  constructor(root: string) {
    this.#root = root
  }

  get isEmpty(): boolean {
    return this.#paths.length === 0
  }

  get isFull(): boolean {
    return this.#plannedSize >= frameSize || this.#held >= mostHeld
  }

  add({ path, accessPath, stats }: WalkedEntry, hardLinkTo: string | undefined): void {
    const index = this.#paths.length
    const size = Number(stats.size)
    this.#setNumbers(index, stats, size)
    if (hardLinkTo !== undefined) this.#hardLinks.set(index, hardLinkTo)
    if (accessPath.length !== this.#root.length + path.length) this.#addDetour(index, accessPath)
    if (BigInt.asIntN(64, stats.mtimeNs) !== stats.mtimeNs) this.#farTimes.set(index, stats.mtimeNs)
    this.#paths.push(path)
    const contents = stats.isFile() && hardLinkTo === undefined ? padToBlock(size) : 0
    const header = stats.mtimeNs % 1_000_000_000n === 0n ? blockSize : 3 * blockSize
    this.#plannedSize += header + (path.length > roomForPath ? padToBlock(path.length) : 0) + contents
  }

  /** The plan of what was collected; begins the next one. */
  take(last: boolean): EntriesPlan {
    const count = this.#paths.length
    const plan: EntriesPlan = {
      kind: 'entries',
      count,
      paths: this.#paths.join('\0'),
      numbers: this.#numbers.slice(0, count * columns),
      bigNumbers: this.#bigNumbers.slice(0, count * bigColumns),
      hardLinks: this.#hardLinks,
      detours: this.#detours,
      farTimes: this.#farTimes,
      last,
    }
    this.#paths = []
    this.#hardLinks = new Map()
    this.#detours = new Map()
    this.#farTimes = new Map()
    this.#plannedSize = 0
    this.#held = 0
    this.#lastHeld = ''
    return plan
  }

  #addDetour(index: number, accessPath: string): void {
    this.#detours.set(index, accessPath)
    const directory = accessPath.slice(0, accessPath.lastIndexOf('/'))
    if (directory !== this.#lastHeld) this.#held++
    this.#lastHeld = directory
  }

  #setNumbers(index: number, stats: BigIntStats, size: number): void {
    const row = index * columns
    const bigRow = index * bigColumns
    this.#numbers[row + column.mode] = Number(stats.mode)
    this.#numbers[row + column.uid] = Number(stats.uid)
    this.#numbers[row + column.gid] = Number(stats.gid)
    this.#numbers[row + column.size] = size
    this.#numbers[row + column.links] = Number(stats.nlink)
    this.#bigNumbers[bigRow + bigColumn.mtimeNs] = stats.mtimeNs
    this.#bigNumbers[bigRow + bigColumn.inode] = BigInt.asIntN(64, stats.ino)
    this.#bigNumbers[bigRow + bigColumn.device] = BigInt.asIntN(64, stats.isFile() ? stats.dev : stats.rdev)
  }
}
