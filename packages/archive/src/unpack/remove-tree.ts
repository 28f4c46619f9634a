import { chmodSync, lstatSync, readdirSync, renameSync, rmdirSync, unlinkSync, type Dirent } from 'node:fs'
import { toFileSystemPath } from '../paths/byte-string.js'
import { codeOf } from './file-errors.js'

/** Leaves room for a name below it. */
const longestDirectory = 4096 - 512

/**
 * Removes a directory and all below it, without following links, whatever modes its directories have and however deep they
 * go. One that is not there is no error.
 */
export function removeTree(root: string): void {
  if (lstatSync(toFileSystemPath(root), { throwIfNoEntry: false }) === undefined) return
  new TreeRemoval(root).run()
}

class TreeRemoval {
  readonly #root: string
  #moved = 0

  constructor(root: string) {
    this.#root = root
  }

  run(): void {
    this.#removeDirectory(this.#root)
  }

  #removeDirectory(path: string): void {
    for (const entry of list(path)) {
      const child = `${path}/${entry.name}`
      if (!entry.isDirectory()) allowing(path, () => unlinkSync(toFileSystemPath(child)))
      else this.#removeDirectory(child.length > longestDirectory ? this.#moveUp(path, child) : child)
    }
    const parent = path.slice(0, path.lastIndexOf('/'))
    allowing(path === this.#root ? undefined : parent, () => rmdirSync(toFileSystemPath(path)))
  }

  /** What lies too deep for the system's longest path is brought nearer. */
  #moveUp(parent: string, path: string): string {
    const nearer = `${this.#root}/.removed-${this.#moved++}`
    allowing(parent, () => {
      allowing(path, () => renameSync(toFileSystemPath(path), toFileSystemPath(nearer)))
    })
    return nearer
  }
}

function list(path: string): Dirent[] {
  return allowing(path, () => readdirSync(toFileSystemPath(path), { encoding: 'latin1', withFileTypes: true }))
}

/** Does something to a directory, the second time with all permissions on it. */
function allowing<Result>(directory: string | undefined, act: () => Result): Result {
  try {
    return act()
  } catch (error) {
    if (directory === undefined || (codeOf(error) !== 'EACCES' && codeOf(error) !== 'EPERM')) throw error
    chmodSync(toFileSystemPath(directory), 0o700)
    return act()
  }
}
