import { fchownSync, lchownSync, lstatSync } from 'node:fs'
import { toFileSystemPath } from '../paths/byte-string.js'
import { readOwnerNames } from '../pack/owner-names.js'
import type { ArchiveEntry } from './contract.js'
import { codeOf } from './file-errors.js'

/** The number that means no owner to chown(2). */
const nobody = 2 ** 32 - 1

/** So many owners are told of at most. */
const mostTold = 1000

/**
 * Gives entries their owners: by name where this machine knows it, else by number. One that may not be given (to a root
 * whose powers end at a container) is told to `refused`, with the first entry of that owner.
 */
export class Owners {
  readonly #refused: (entry: ArchiveEntry) => void
  readonly #users = idsByName('/etc/passwd')
  readonly #groups = idsByName('/etc/group')
  readonly #told = new Set<string>()
  /** The owner that new files have anyway. */
  readonly #usual: { readonly uid: number; readonly gid: number }

  /** `staging` is where entries are made: it has the owner that they will have, its group perhaps by its parent's setgid bit. */
  constructor(staging: string, refused: (entry: ArchiveEntry) => void) {
    this.#usual = lstatSync(toFileSystemPath(staging))
    this.#refused = refused
  }

  ofDescriptor(descriptor: number, entry: ArchiveEntry): void {
    this.#give(entry, (uid, gid) => {
      fchownSync(descriptor, uid, gid)
    })
  }

  ofLink(path: string, entry: ArchiveEntry): void {
    this.#give(entry, (uid, gid) => {
      lchownSync(toFileSystemPath(path), uid, gid)
    })
  }

  #give(entry: ArchiveEntry, chown: (uid: number, gid: number) => void): void {
    const uid = (entry.userName === undefined ? undefined : this.#users.get(entry.userName)) ?? entry.uid
    const gid = (entry.groupName === undefined ? undefined : this.#groups.get(entry.groupName)) ?? entry.gid
    if (uid === this.#usual.uid && gid === this.#usual.gid) return
    if (!isOwner(uid) || !isOwner(gid)) {
      this.#tell(uid, gid, entry)
      return
    }
    try {
      chown(uid, gid)
    } catch (error) {
      if (codeOf(error) !== 'EPERM' && codeOf(error) !== 'EINVAL') throw error
      this.#tell(uid, gid, entry)
    }
  }

  #tell(uid: number, gid: number, entry: ArchiveEntry): void {
    const owner = `${uid}:${gid}`
    if (this.#told.has(owner) || this.#told.size === mostTold) return
    this.#told.add(owner)
    this.#refused(entry)
  }
}

function isOwner(id: number): boolean {
  return id >= 0 && id < nobody
}

function idsByName(file: string): ReadonlyMap<string, number> {
  return new Map([...readOwnerNames(file)].map(([id, name]) => [name, id]))
}
