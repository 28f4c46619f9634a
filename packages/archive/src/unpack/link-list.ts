import { closeSync, fstatSync, lstatSync, symlinkSync, unlinkSync } from 'node:fs'
import { toFileSystemPath } from '../paths/byte-string.js'
import type { AccessPaths } from './access-paths.js'
import type { Attributes, EntryAttributes } from './attributes.js'

interface WaitingLink {
  readonly target: string
  readonly attributes: EntryAttributes
  /** Of the empty file that keeps its place. */
  readonly inode: bigint
}

/**
 * Symbolic links are made last, so that nothing is ever written through one. Until then an empty file keeps the place of each:
 * so it is the file system, with its own idea of which names are the same, that refuses entries below a link, or finds the
 * earlier of two entries. Some 300 bytes of memory for each.
 */
export class LinkList {
  readonly #waiting = new Map<string, WaitingLink>()

  /** Adds a link whose place the open file keeps, and closes that. */
  add(descriptor: number, target: string, attributes: EntryAttributes): void {
    const { ino: inode } = fstatSync(descriptor, { bigint: true })
    closeSync(descriptor)
    this.#waiting.set(attributes.path, { target, attributes, inode })
  }

  /** The target of the link that is to be made there. */
  targetOf(path: string): string | undefined {
    return this.#waiting.get(path)?.target
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
      if (stats.ino !== link.inode || !stats.isFile() || stats.size !== 0n) continue
      unlinkSync(place)
      symlinkSync(toFileSystemPath(link.target), place)
      attributes.toLink(place, link.attributes)
    }
  }
}
