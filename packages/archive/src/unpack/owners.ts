import { chownSync, fchownSync, lchownSync } from 'node:fs'
import { toFileSystemPath } from '../paths/byte-string.js'
import { readOwnerNames } from '../pack/owner-names.js'
import type { ArchiveEntry } from './contract.js'
import { codeOf } from './file-errors.js'

/**
 * Gives entries their owners: by name where this machine knows it, else by number. One that may not be given (to a root
 * whose powers end at a container) is told to `refused`.
 */
export class Owners {
  readonly #refused: (entry: ArchiveEntry) => void
  readonly #users = idsByName('/etc/passwd')
  readonly #groups = idsByName('/etc/group')
  readonly #uid = process.geteuid?.()
  readonly #gid = process.getegid?.()

  constructor(refused: (entry: ArchiveEntry) => void) {
    this.#refused = refused
  }

  ofDescriptor(descriptor: number, entry: ArchiveEntry): void {
    this.#give(entry, (uid, gid) => {
      fchownSync(descriptor, uid, gid)
    })
  }

  ofDirectory(path: string, entry: ArchiveEntry): void {
    this.#give(entry, (uid, gid) => {
      chownSync(toFileSystemPath(path), uid, gid)
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
    if (uid === this.#uid && gid === this.#gid) return
    try {
      chown(uid, gid)
    } catch (error) {
      if (codeOf(error) !== 'EPERM' && codeOf(error) !== 'EINVAL') throw error
      this.#refused(entry)
    }
  }
}

function idsByName(file: string): ReadonlyMap<string, number> {
  return new Map([...readOwnerNames(file)].map(([id, name]) => [name, id]))
}
