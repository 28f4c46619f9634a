import { linkSync, lstatSync, mkdirSync, rmdirSync, unlinkSync } from 'node:fs'
import { BakthatError, hasSystemCode, systemCodeOf } from '@bakthat/errors'
import { escapePath } from '../paths/escape-path.js'
import { AccessPaths } from './access-paths.js'
import { doNotTrust, parentOf } from './entry-path.js'

/**
 * Makes things in a private directory in which there is nothing but what it made itself: directories and files, and never a
 * symbolic link. The file system itself is its memory. The later of two things of one name wins.
 */
export class TreeMaker {
  readonly paths: AccessPaths
  /** Of the files that hard links point to: two long paths cannot be held by one. */
  readonly #sources: AccessPaths
  readonly #onReplace: (path: string) => void
  readonly #onImply: (path: string) => void

  /** `onReplace` is told before a thing gives way to a later one, `onImply` of each directory that is made without an entry. */
  constructor(root: string, onReplace: (path: string) => void, onImply: (path: string) => void) {
    this.paths = new AccessPaths(root)
    this.#sources = new AccessPaths(root)
    this.#onReplace = onReplace
    this.#onImply = onImply
  }

  /** Private until it gets its own mode. One that is there stays. */
  makeDirectory(path: string): void {
    this.#make(path, (place) => {
      try {
        mkdirSync(place, 0o700)
      } catch (error) {
        if (systemCodeOf(error) !== 'EEXIST' || !lstatSync(place).isDirectory()) throw error
      }
    })
  }

  /** Makes something that must be new. `make` is called again once what was missing or in the way is dealt with. */
  makeNew<Result>(path: string, make: (place: string | Buffer) => Result): Result {
    return this.#make(path, make)
  }

  /** Gives a file made here another name. `false` if there is no such file. */
  link(target: string, path: string): boolean {
    try {
      if (lstatSync(this.#sources.of(target)).isDirectory()) return false
    } catch (error) {
      if (hasSystemCode(error, 'ENOENT', 'ENOTDIR')) return false
      throw error
    }
    if (target !== path) {
      this.#make(path, (place) => {
        linkSync(this.#sources.of(target), place)
      })
    }
    return true
  }

  close(): void {
    this.paths.close()
    this.#sources.close()
  }

  #make<Result>(path: string, make: (place: string | Buffer) => Result): Result {
    try {
      return make(this.paths.of(path))
    } catch (error) {
      switch (systemCodeOf(error)) {
        case 'ENOENT':
          this.#makeParents(path)
          break
        case 'EEXIST':
          this.#clear(path)
          break
        case 'ENOTDIR':
          throw belowNoDirectory(path)
        default:
          throw error
      }
    }
    return make(this.paths.of(path))
  }

  /** Makes the directory that the path lies in, for something that is itself not made. */
  makeParent(path: string): void {
    const parent = parentOf(path)
    if (parent === '') return
    this.#makeParents(path)
    if (!lstatSync(this.paths.of(parent)).isDirectory()) throw belowNoDirectory(path)
  }

  /** Directories that the archive only implies get the usual mode. */
  #makeParents(path: string): void {
    const parent = parentOf(path)
    if (parent === '') return
    const make = (): void => {
      try {
        mkdirSync(this.paths.of(parent), 0o777)
        this.#onImply(parent)
      } catch (error) {
        if (systemCodeOf(error) === 'ENOTDIR') throw belowNoDirectory(path)
        if (systemCodeOf(error) !== 'EEXIST') throw error
      }
    }
    try {
      make()
    } catch (error) {
      if (systemCodeOf(error) !== 'ENOENT') throw error
      this.#makeParents(parent)
      make()
    }
  }

  #clear(path: string): void {
    const place = this.paths.of(path)
    this.#onReplace(path)
    if (!lstatSync(place).isDirectory()) {
      unlinkSync(place)
      return
    }
    try {
      rmdirSync(place)
    } catch (error) {
      if (!hasSystemCode(error, 'ENOTEMPTY', 'EEXIST')) throw error
      throw new BakthatError(
        'UNSAFE_ARCHIVE',
        `the entry ${escapePath(path)} would replace a directory that is not empty`,
        {
          hint: doNotTrust,
        },
      )
    }
    this.close()
  }
}

/** The error for an entry that lies below what is no directory. */
export function belowNoDirectory(path: string): BakthatError {
  return new BakthatError(
    'UNSAFE_ARCHIVE',
    `the entry ${escapePath(path)} lies below a link or file of the same archive`,
    {
      hint: doNotTrust,
    },
  )
}
