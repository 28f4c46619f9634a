import { mkdtempSync, mkdirSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, sep } from 'node:path'
import { isMainThread } from 'node:worker_threads'
import { BakthatError, systemCodeOf, type ErrorCode } from '@bakthat/errors'

const prefix = 'bakthat-helper-'

/** A directory for the dumps of one backup, which only this user may enter. All synchronous: nobody comes in between. */
export class PrivateDirectory {
  readonly path: string
  readonly #root: string
  readonly #before: string | undefined

  /**
   * Makes it, and if asked the working directory. `INVALID_INPUT` where another one is: whoever gives its working directory
   * back would take it from under the other. `INVALID_INPUT` in a thread, too: the process has one for all of them.
   */
  constructor(name: string, chdir: boolean) {
    if (chdir && !isMainThread) throw hasNone('a worker thread cannot change the working directory')
    if (chdir && isPrivate(process.cwd())) throw hasNone('the working directory is that of another BakHelper already')
    this.#root = made((temporary) => mkdtempSync(join(realpathSync(temporary), prefix)))
    this.path = join(this.#root, name)
    try {
      made(() => mkdirSync(this.path))
    } catch (cause) {
      this.remove()
      if (systemCodeOf(cause) !== 'ENAMETOOLONG') throw cause
      throw new BakthatError('INVALID_INPUT', 'there can be no directory of that name', {
        hint: 'give a shorter one',
        cause,
      })
    }
    if (!chdir) return
    this.#before = process.cwd()
    process.chdir(this.path)
  }

  /**
   * Gives the working directory back, unless the program has gone elsewhere, and removes everything. Where that directory is
   * gone, or may not be entered any more, the root takes its place. Calling it twice is a success.
   */
  remove(): void {
    if (this.#before !== undefined && isWithin(currentDirectory(), this.#root)) enter(this.#before)
    rmSync(this.#root, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** What is made in the directory for temporary files; throws what a user can be told of that. */
function made<T>(make: (temporary: string) => T): T {
  const temporary = tmpdir()
  try {
    return make(temporary)
  } catch (cause) {
    const reason = reasons[systemCodeOf(cause) ?? '']
    if (reason === undefined) throw cause
    const [code, what] = reason
    throw new BakthatError(code, `the directory for temporary files ${what}: ${temporary}`, {
      hint: 'let TMPDIR be one that is there, may be written, and has room',
      cause,
    })
  }
}

const reasons: Readonly<Record<string, readonly [code: ErrorCode, what: string]>> = {
  ENOENT: ['INVALID_INPUT', 'is not there'],
  ENOTDIR: ['INVALID_INPUT', 'is no directory'],
  EACCES: ['PERMISSION_DENIED', 'may not be written'],
  EROFS: ['PERMISSION_DENIED', 'may not be written'],
  ENOSPC: ['NO_SPACE', 'is full'],
  EDQUOT: ['NO_SPACE', 'is over its quota'],
}

function hasNone(reason: string): BakthatError {
  return new BakthatError('INVALID_INPUT', reason, { hint: 'open this one with chdir: false, and use its path()' })
}

function enter(directory: string): void {
  try {
    process.chdir(directory)
  } catch {
    process.chdir('/')
  }
}

function isPrivate(path: string): boolean {
  return path.split(sep).some((segment) => segment.startsWith(prefix))
}

function isWithin(path: string | undefined, directory: string): boolean {
  return path === undefined || path === directory || path.startsWith(directory + sep)
}

/** `undefined` where it was removed. */
function currentDirectory(): string | undefined {
  try {
    return process.cwd()
  } catch {
    return undefined
  }
}
