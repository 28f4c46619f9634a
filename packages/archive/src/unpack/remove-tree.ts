import { hasSystemCode } from '@bakthat/errors'
import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  lstatSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  unlinkSync,
  type Dirent,
} from 'node:fs'
import { toFileSystemPath } from '../paths/byte-string.js'
import { descriptors } from '../paths/open-directory.js'

/** Leaves room for a name below it. */
const longestDirectory = 4096 - 512

/** Directories that are held open at the same time. */
const deepest = 64

/** A directory as such, to be found again by its descriptor whatever its mode is; never what a link leads to. */
const holding = 0o10_000_000 /* O_PATH */ | constants.O_DIRECTORY | constants.O_NOFOLLOW

/**
 * Removes a directory and all below it, without following links, whatever modes its directories have and however deep they
 * go. One that is not there is no error. On Linux that holds also against those who move things in it meanwhile: who was at
 * work in a directory may still be when somebody else removes it.
 */
export function removeTree(root: string): void {
  if (lstatSync(toFileSystemPath(root), { throwIfNoEntry: false }) === undefined) return
  new TreeRemoval(process.platform === 'linux' && existsSync(descriptors)).remove(root, undefined, 0)
}

class TreeRemoval {
  /** Whether directories are held open, and what lies in them is reached by way of that. */
  readonly #holds: boolean
  #root: string | undefined
  #moved = 0

  constructor(holds: boolean) {
    this.#holds = holds
  }

  /** `parent` is the directory that the path lies in, where that may get other modes. */
  remove(path: string, parent: string | undefined, depth: number): void {
    const isDirectory = this.#holding(path, parent, (directory) => {
      this.#root ??= directory
      for (const entry of list(directory)) this.#removeEntry(entry, directory, depth)
    })
    allowing(parent, () => (isDirectory ? rmdirSync : unlinkSync)(toFileSystemPath(path)))
  }

  #removeEntry(entry: Dirent<Buffer>, directory: string, depth: number): void {
    const path = `${directory}/${entry.name.toString('latin1')}`
    if (!entry.isDirectory()) allowing(directory, () => unlinkSync(toFileSystemPath(path)))
    else if (depth < deepest && path.length <= longestDirectory) this.remove(path, directory, depth + 1)
    else this.remove(this.#moveUp(directory, path), this.#root, 1)
  }

  /**
   * Does something with a directory, by the path that it gives; false where there is none, for somebody may have put something
   * else in its place.
   */
  #holding(path: string, parent: string | undefined, act: (directory: string) => void): boolean {
    if (!this.#holds) {
      act(path)
      return true
    }
    let descriptor: number
    try {
      descriptor = allowing(parent, () => openSync(toFileSystemPath(path), holding))
    } catch (error) {
      if (!hasSystemCode(error, 'ENOTDIR', 'ELOOP')) throw error
      return false
    }
    try {
      act(`${descriptors}/${descriptor}`)
    } finally {
      closeSync(descriptor)
    }
    return true
  }

  /** What lies too deep is brought nearer. */
  #moveUp(parent: string, path: string): string {
    const nearer = `${this.#root!}/.removed-${this.#moved++}`
    const move = (directory: string): void => {
      allowing(parent, () => {
        allowing(directory, () => renameSync(toFileSystemPath(path), toFileSystemPath(nearer)))
      })
    }
    this.#holding(path, parent, move)
    return nearer
  }
}

/** Names as they are: where the file system tells no types, Node looks for each by its name. */
function list(path: string): Dirent<Buffer>[] {
  return allowing(path, () => readdirSync(toFileSystemPath(path), { encoding: 'buffer', withFileTypes: true }))
}

/** Does something to a directory, the second time with all permissions on it. */
function allowing<Result>(directory: string | undefined, act: () => Result): Result {
  try {
    return act()
  } catch (error) {
    if (directory === undefined || !hasSystemCode(error, 'EACCES', 'EPERM')) throw error
    chmodSync(toFileSystemPath(directory), 0o700)
    return act()
  }
}
