import { existsSync, fstatSync, lstatSync, openSync, readdirSync, type BigIntStats } from 'node:fs'
import { toFileSystemPath } from '../paths/byte-string.js'
import { descriptors, directoryFlags } from '../paths/open-directory.js'
import { deepestPath, longestAccessPath, longestPath } from '../paths/path-limits.js'
import type { PatternFinder } from '../paths/patterns.js'
import type { LeftOut } from './contract.js'
import { closeRead } from './close-read.js'
import { cacheTagName, isCacheTag } from './cache-tag.js'
import { isExchangeable, isExchangeableOnTheWay } from './exposure.js'
import type { RawWarning } from './plan.js'
import { translateRootError } from './pack-root.js'
import { readFailure } from './read-failure.js'

/** One thing that the walk found. Paths are byte strings. */
export interface WalkedEntry {
  /** Relative to the root, with a leading slash; empty for the root itself. */
  readonly path: string
  /** By which the file system finds it. */
  readonly accessPath: string
  readonly stats: BigIntStats
}

export interface WalkOptions {
  readonly root: string
  readonly excludedBy: PatternFinder
  readonly excludeCaches: boolean
  readonly oneFileSystem: boolean
  /** Absolute paths, as byte strings, that are left out. */
  readonly omit: readonly string[]
  readonly warn: (warning: RawWarning) => void
  /** Told of what the options leave out, but for `omit`. Paths are as in an entry, those of directories with a slash at their end. */
  readonly onLeftOut?: (leftOut: LeftOut) => void
  /** Called with directories that were kept open to reach what is in them, once nothing below them is walked any more. */
  readonly release: (descriptor: number) => void
}

/** A directory whose entries are being walked. */
interface Level {
  readonly path: string
  readonly accessPath: string
  readonly stats: BigIntStats
  readonly descriptor: number | undefined
  /** In reverse order: the next one is the last. */
  readonly names: string[]
  /** Whether anything in it was found to be packed. */
  isUsed: boolean
}

const bigint = { bigint: true } as const

/** Leaves room for the name of the root. */
const longestBelowRoot = longestPath - 256

/**
 * Walks a tree depth first, names in byte order, without following symbolic links, also those that others put in a directory's place
 * meanwhile: a directory that they can exchange is kept open, and what is in it is reached by way of its descriptor, as with
 * openat(2). Nothing but the directories on the way to the current entry is held. What cannot be read is reported to `warn`, and the walk goes on.
 */
export class TreeWalk {
  readonly #options: WalkOptions
  readonly #levels: Level[] = []
  readonly #omittedPaths: ReadonlySet<string>
  readonly #omittedDirectories: ReadonlySet<string>
  /** Linux reaches what is in an open directory whatever becomes of its path, and however long that is. */
  readonly #canHold = existsSync(descriptors)
  #rootDevice: bigint | undefined

  constructor(options: WalkOptions) {
    this.#options = options
    this.#omittedPaths = new Set(options.omit)
    this.#omittedDirectories = new Set(options.omit.flatMap(identifyDirectory))
  }

  /** The entries, the root first. Throws what people are told when the root itself cannot be read. */
  *entries(): Generator<WalkedEntry> {
    const { root } = this.#options
    const { stats, level } = this.#begin(root)
    if (level !== undefined) this.#levels.push(level)
    yield { path: '', accessPath: root, stats }
    yield* this.#descend()
  }

  /** Releases what is open. The walk cannot go on after it. */
  close(): void {
    for (const level of this.#levels.splice(0)) this.#leave(level)
  }

  #begin(root: string): { readonly stats: BigIntStats; readonly level: Level | undefined } {
    try {
      const stats = lstatSync(toFileSystemPath(root), bigint)
      this.#rootDevice = stats.dev
      const level = stats.isDirectory() ? this.#list('', root, stats, isExchangeableOnTheWay(root)) : undefined
      return { stats: level?.stats ?? stats, level }
    } catch (error) {
      throw translateRootError(error, root)
    }
  }

  *#descend(): Generator<WalkedEntry> {
    for (let level = this.#levels.at(-1); level !== undefined; level = this.#levels.at(-1)) {
      const name = level.names.pop()
      if (name === undefined) {
        this.#levels.pop()
        this.#leave(level)
        continue
      }
      const entry = this.#visit(level, name)
      if (entry === undefined) continue
      level.isUsed = true
      yield entry
    }
  }

  #visit(level: Level, name: string): WalkedEntry | undefined {
    const path = `${level.path}/${name}`
    const accessPath = `${level.accessPath}/${name}`
    if (this.#omittedPaths.size > 0 && this.#omittedPaths.has(this.#options.root + path)) return undefined
    if (this.#levels.length >= deepestPath || path.length > longestBelowRoot) {
      this.#options.warn({ code: 'unreadable', path, message: 'lies deeper than any restore goes' })
      return undefined
    }
    try {
      const stats = lstatSync(toFileSystemPath(accessPath), bigint)
      const isDirectory = stats.isDirectory()
      const pattern = this.#options.excludedBy(path.slice(1), isDirectory)
      if (pattern !== undefined) {
        this.#options.onLeftOut?.({ path: isDirectory ? `${path}/` : path, reason: 'pattern', pattern })
        return undefined
      }
      if (isDirectory) return this.#enter({ path, accessPath, stats }, isExchangeable(stats, level.stats))
      if (!stats.isSocket()) return { path, accessPath, stats }
      this.#options.warn({ code: 'skipped', path, message: 'a socket, which no archive can hold' })
    } catch (error) {
      this.#options.warn(readFailure(error, path))
    }
    return undefined
  }

  /** The directory itself is an entry even when its own entries cannot be had. */
  #enter(entry: WalkedEntry, exchangeable: boolean): WalkedEntry | undefined {
    const { path, accessPath, stats } = entry
    if (this.#omittedDirectories.has(identity(stats))) return undefined
    if (this.#options.oneFileSystem && stats.dev !== this.#rootDevice) {
      this.#options.onLeftOut?.({ path: `${path}/`, reason: 'file system' })
      return entry
    }
    if (this.#levels.some((level) => isSame(level.stats, stats))) {
      this.#options.warn({ code: 'skipped', path, message: 'the same directory as one of its parents' })
      return entry
    }
    try {
      const level = this.#list(path, accessPath, stats, exchangeable)
      this.#levels.push(level)
      return { ...entry, stats: level.stats }
    } catch (error) {
      const failure = readFailure(error, path)
      this.#options.warn(failure)
      return failure.code === 'vanished' ? undefined : entry
    }
  }

  #list(path: string, accessPath: string, stats: BigIntStats, exchangeable: boolean): Level {
    const hold = (exchangeable || accessPath.length > longestAccessPath) && this.#canHold
    if (!hold)
      return { path, accessPath, stats, descriptor: undefined, names: this.#namesIn(path, accessPath), isUsed: false }
    const descriptor = openSync(toFileSystemPath(accessPath), directoryFlags)
    const base = `${descriptors}/${descriptor}`
    try {
      // Another directory may be there by now, above all one that was mounted because it was opened.
      const now = fstatSync(descriptor, bigint)
      return { path, accessPath: base, stats: now, descriptor, names: this.#namesIn(path, base), isUsed: false }
    } catch (error) {
      closeRead(descriptor)
      throw error
    }
  }

  #namesIn(path: string, accessPath: string): string[] {
    const names = readdirSync(toFileSystemPath(accessPath), 'latin1').sort().reverse()
    if (!this.#options.excludeCaches || !names.includes(cacheTagName)) return names
    if (!isCacheTag(`${accessPath}/${cacheTagName}`)) return names
    this.#options.onLeftOut?.({ path: `${path}/`, reason: 'cache' })
    return [cacheTagName]
  }

  #leave({ descriptor, isUsed }: Level): void {
    if (descriptor === undefined) return
    if (isUsed) this.#options.release(descriptor)
    else closeRead(descriptor)
  }
}

function isSame(a: BigIntStats, b: BigIntStats): boolean {
  return a.ino === b.ino && a.dev === b.dev
}

function identity({ dev, ino }: BigIntStats): string {
  return `${dev}:${ino}`
}

/** Its identity, if it is a directory. What cannot be looked at cannot be walked into either. */
function identifyDirectory(path: string): string[] {
  try {
    const stats = lstatSync(toFileSystemPath(path), bigint)
    return stats.isDirectory() ? [identity(stats)] : []
  } catch (error) {
    readFailure(error, path)
    return []
  }
}
