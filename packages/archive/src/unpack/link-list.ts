import { closeSync, fstatSync, lstatSync, readFileSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { toFileSystemPath } from '../paths/byte-string.js'
import type { AccessPaths } from './access-paths.js'
import type { Attributes, EntryAttributes } from './attributes.js'

interface WaitingLink {
  /** Absent where it lies in the file that keeps its place. */
  readonly target: string | undefined
  readonly attributes: EntryAttributes
  /** Of the file that keeps its place. */
  readonly inode: bigint
  readonly size: bigint
}

/** Bytes of a target that is kept in memory. */
const shortTarget = 255

/**
 * Symbolic links are made last, so that nothing is ever written through one. Until then a file keeps the place of each:
 * so it is the file system, with its own idea of which names are the same, that refuses entries below a link, or finds the
 * earlier of two entries. The file is empty, or holds a long target: some 500 bytes of memory for each link at most.
 */
export class LinkList {
  readonly #waiting = new Map<string, WaitingLink>()

  /** Adds a link whose place the open file keeps, and closes that. */
  add(descriptor: number, target: string, attributes: EntryAttributes): void {
    const isShort = target.length <= shortTarget
    if (!isShort) writeFileSync(descriptor, target, 'latin1')
    const { ino: inode, size } = fstatSync(descriptor, { bigint: true })
    closeSync(descriptor)
    this.#waiting.set(attributes.path, { target: isShort ? target : undefined, attributes, inode, size })
  }

  /** The target of the link that is to be made there. */
  targetOf(path: string, paths: AccessPaths): string | undefined {
    const link = this.#waiting.get(path)
    return link && (link.target ?? readFileSync(paths.of(path), 'latin1'))
  }

  /** Forgets the link: a later entry took its place. */
  delete(path: string): void {
    if (this.#waiting.size > 0) this.#waiting.delete(path)
  }

  make(paths: AccessPaths, attributes: Attributes): void {
    for (const [path, link] of this.#waiting) {
      const place = paths.of(path)
      const stats = lstatSync(place, { bigint: true })
      // On a file system that takes two names for the same, a later entry may have taken the place unnoticed.
      if (stats.ino !== link.inode || !stats.isFile() || stats.size !== link.size) continue
      const target = link.target ?? readFileSync(place, 'latin1')
      unlinkSync(place)
      symlinkSync(toFileSystemPath(target), place)
      attributes.toLink(place, link.attributes)
    }
  }
}
