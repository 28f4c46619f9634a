import { chmodSync, lstatSync, mkdtempSync, readdirSync, renameSync, rmdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { BakthatError } from '@bakthat/errors'
import type { ArchiveWarning } from '../pack/contract.js'
import { toByteString, toFileSystemPath } from '../paths/byte-string.js'
import { escapePath } from '../paths/escape-path.js'
import { usualDirectoryMode } from './attributes.js'
import { codeOf } from './file-errors.js'
import { removeTree } from './remove-tree.js'

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
  /** Where that lies which was replaced. */
  #replaced: string | undefined

  /** `INVALID_INPUT` where the target is no directory, or cannot become one. */
  constructor(target: string, overwrite: boolean) {
    if (target === '')
      throw new BakthatError('INVALID_INPUT', 'the directory to restore into has no name', {
        hint: 'name one with --to',
      })
    this.target = resolve(target)
    this.#overwrite = overwrite
    this.#targetExists = isDirectory(this.target)
    this.path = toByteString(makePrivate(this.#targetExists ? this.target : dirname(this.target)))
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
    rmdirSync(toFileSystemPath(this.path))
    this.#replaced = replaced
  }

  /** Removes what {@link commit} replaced; what may not be removed is left where the warning says. */
  removeReplaced(): ArchiveWarning[] {
    if (this.#replaced === undefined) return []
    try {
      removeTree(this.#replaced)
      return []
    } catch (error) {
      const message = `what was replaced could not be removed (${codeOf(error)})`
      return [{ code: 'skipped', path: escapePath(this.#replaced), message, incomplete: true }]
    }
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
      undo.push(moveEntry(from, to))
    }
    try {
      for (const name of names) {
        if (replaced !== undefined && exists(this.#placeOf(name))) move(this.#placeOf(name), `${replaced}/${name}`)
        move(`${this.path}/${name}`, this.#placeOf(name))
      }
    } catch (error) {
      for (const step of undo.reverse()) step()
      if (replaced !== undefined) rmdirSync(toFileSystemPath(replaced))
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

/** Renames, and returns how to undo it. A directory is moved only by who may write to it, so its owner may for that moment. */
function moveEntry(from: string, to: string): () => void {
  const source = toFileSystemPath(from)
  const target = toFileSystemPath(to)
  const { mode } = lstatSync(source)
  const isClosed = (mode & 0o170200) === 0o040000 && process.geteuid?.() !== 0
  const undo = (): void => {
    renameSync(target, source)
    if (isClosed) chmodSync(source, mode & 0o7777)
  }
  if (isClosed) chmodSync(source, 0o700)
  try {
    renameSync(source, target)
  } catch (error) {
    if (isClosed) chmodSync(source, mode & 0o7777)
    throw error
  }
  return undo
}
