import { chmodSync, lstatSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { BakthatError } from '@bakthat/errors'
import { toByteString, toFileSystemPath } from '../paths/byte-string.js'
import { escapePath } from '../paths/escape-path.js'
import { usualDirectoryMode } from './attributes.js'
import { codeOf } from './file-errors.js'

/** Hidden, and on the file system of the target, so that what is in it can be renamed into place. */
const prefix = '.bakthat-restore-'

/**
 * A private directory in which a restore is made before any of it is seen. Only {@link commit} puts it into place;
 * {@link discard} leaves the target as it was.
 */
export class Staging {
  readonly target: string
  /** The private directory, a byte string. */
  readonly path: string
  readonly #overwrite: boolean
  readonly #targetExists: boolean

  /** `INVALID_INPUT` where the target is no directory, or cannot become one. */
  constructor(target: string, overwrite: boolean) {
    this.target = target
    this.#overwrite = overwrite
    this.#targetExists = isDirectory(target)
    this.path = toByteString(makePrivate(this.#targetExists ? target : dirname(target)))
  }

  /** Throws `ALREADY_EXISTS` where a top-level entry of this name would have to replace something unasked. */
  checkFree(name: string): void {
    if (!this.#targetExists || this.#overwrite || !exists(this.#placeOf(name))) return
    throw new BakthatError('ALREADY_EXISTS', `${escapePath(this.#placeOf(name))} is in the way`, {
      hint: 'restore elsewhere with --to, or replace it with --overwrite',
    })
  }

  /** Puts all top-level entries into place, or none of them. */
  commit(): void {
    if (!this.#targetExists) {
      chmodSync(toFileSystemPath(this.path), usualDirectoryMode())
      renameSync(toFileSystemPath(this.path), this.target)
      return
    }
    const names = readdirSync(toFileSystemPath(this.path), 'latin1')
    for (const name of names) this.checkFree(name)
    const replaced = this.#overwrite ? toByteString(makePrivate(this.target)) : undefined
    this.#moveAll(names, replaced)
    rmSync(toFileSystemPath(this.path), { recursive: true, force: true })
    if (replaced !== undefined) removeTree(replaced)
  }

  /** Removes everything that was staged. */
  discard(): void {
    removeTree(this.path)
  }

  /** Where a path of the archive lies once committed, a byte string. */
  placed(path: string): string {
    return `${toByteString(this.target)}/${path}`
  }

  #placeOf(name: string): string {
    return this.placed(name)
  }

  #moveAll(names: readonly string[], replaced: string | undefined): void {
    const undo: (() => void)[] = []
    const move = (from: string, to: string): void => {
      renameSync(toFileSystemPath(from), toFileSystemPath(to))
      undo.push(() => {
        renameSync(toFileSystemPath(to), toFileSystemPath(from))
      })
    }
    try {
      for (const name of names) {
        if (replaced !== undefined && exists(this.#placeOf(name))) move(this.#placeOf(name), `${replaced}/${name}`)
        move(`${this.path}/${name}`, this.#placeOf(name))
      }
    } catch (error) {
      for (const step of undo.reverse()) step()
      if (replaced !== undefined) removeTree(replaced)
      throw error
    }
  }
}

function makePrivate(parent: string): string {
  try {
    return mkdtempSync(join(parent, prefix))
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ENOTDIR') throw error
    throw new BakthatError('INVALID_INPUT', `there is no directory ${parent} to restore into`, {
      hint: 'make it first',
      cause: error,
    })
  }
}

function isDirectory(path: string): boolean {
  try {
    // With a slash at the end, a link to a directory stands for it.
    if (lstatSync(`${path}/`).isDirectory()) return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT' && !exists(toByteString(path))) return false
    if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ENOTDIR') throw error
  }
  throw new BakthatError('INVALID_INPUT', `${path} is not a directory`, { hint: 'name another one with --to' })
}

function exists(path: string): boolean {
  return lstatSync(toFileSystemPath(path), { throwIfNoEntry: false }) !== undefined
}

/** Removes a tree of ours, whatever modes its directories have by now. */
function removeTree(path: string): void {
  try {
    rmSync(toFileSystemPath(path), { recursive: true, force: true })
  } catch (error) {
    if (codeOf(error) !== 'EACCES' && codeOf(error) !== 'EPERM') throw error
    openUp(path)
    rmSync(toFileSystemPath(path), { recursive: true, force: true })
  }
}

function openUp(directory: string): void {
  chmodSync(toFileSystemPath(directory), 0o700)
  for (const name of readdirSync(toFileSystemPath(directory), 'latin1')) {
    const path = `${directory}/${name}`
    if (lstatSync(toFileSystemPath(path)).isDirectory()) openUp(path)
  }
}
