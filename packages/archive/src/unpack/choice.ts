import { BakthatError, givenList } from '@bakthat/errors'
import { toByteString } from '../paths/byte-string.js'
import { escapePath, unescapePath } from '../paths/escape-path.js'
import { peculiar, safePath } from './entry-path.js'

/** Which entries of an archive are wanted: those that are named, and all that lies below them. Finds out which names stand for nothing. */
export class Choice {
  /** By each path, the names that stand for it. */
  readonly #names = new Map<string, string[]>()
  /** How long they are: of a path very deep down, most of what is above need not be looked up. */
  readonly #lengths = new Set<number>()
  readonly #above = new Set<string>()
  readonly #missing: Set<string>

  /** Names as people read them in a list, or plain. `INVALID_INPUT` for what can name no entry, and for none at all. */
  constructor(names: readonly string[]) {
    checkNames(names)
    this.#missing = new Set(names)
    for (const name of names) {
      for (const path of [toByteString(name), unescapePath(name)]) this.#add(pathOf(path, name), name)
    }
  }

  /** Whether a path is wanted, which is written as the archive has it or without what says nothing, such as a `./` before it. */
  includes(path: string): boolean {
    const plain = peculiar.test(path) ? componentsOf(path).join('/') : path
    let isWanted = false
    for (let end = plain.length; end > 0; end = plain.lastIndexOf('/', end - 1)) {
      const names = this.#lengths.has(end) ? this.#names.get(plain.slice(0, end)) : undefined
      if (names === undefined) continue
      for (const name of names) this.#missing.delete(name)
      isWanted = true
    }
    return isWanted
  }

  /** Whether a path is one that was named, and not below it. */
  names(path: string): boolean {
    return this.#names.has(path)
  }

  /** Whether a directory is one in which something wanted lies. */
  isAbove(path: string): boolean {
    return this.#above.has(path)
  }

  /** Throws `INVALID_INPUT` for a hard link whose contents stand at another entry, which was not chosen. */
  checkHardLink(path: string, linkTarget: string): void {
    const target = safePath(linkTarget, `the target of the hard link ${escapePath(path)},`)
    if (this.includes(target)) return
    const what = `${escapePath(path)} is another name of ${escapePath(target)}, which was not chosen`
    throw new BakthatError('INVALID_INPUT', what, {
      hint: 'choose that, too, or instead: it holds the contents of both',
    })
  }

  /** Throws `NOT_FOUND` where a name stood for none of the paths that were asked about. */
  throwIfMissing(): void {
    const [missing] = this.#missing
    if (missing === undefined) return
    throw new BakthatError('NOT_FOUND', `there is no ${JSON.stringify(missing)} in the archive`, {
      hint: 'list what is in a backup with: bakthat contents NAME',
    })
  }

  #add(path: string, name: string): void {
    this.#lengths.add(path.length)
    const names = this.#names.get(path)
    if (names === undefined) this.#names.set(path, [name])
    else if (!names.includes(name)) names.push(name)
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1))
      this.#above.add(path.slice(0, end))
  }
}

/** Throws `INVALID_INPUT` for what can name no entry, for none at all, and for what is no list. */
export function checkNames(names: readonly string[]): void {
  if (givenList('only', names).length === 0) throw noName('nothing')
  for (const name of names) pathOf(name, name)
}

function pathOf(path: string, name: string): string {
  const components = componentsOf(path)
  if (components.length === 0 || components.includes('..')) throw noName(JSON.stringify(name))
  return components.join('/')
}

function componentsOf(path: string): string[] {
  return path.split('/').filter((component) => component !== '' && component !== '.')
}

function noName(name: string): BakthatError {
  return new BakthatError('INVALID_INPUT', `${name} names nothing that an archive could hold`, {
    hint: 'give paths as bakthat contents NAME lists them',
  })
}
