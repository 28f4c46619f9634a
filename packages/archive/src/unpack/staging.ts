import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, renameSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { BakthatError, hasSystemCode, systemCodeOf } from '@bakthat/errors'
import { toByteString, toFileSystemPath } from '../paths/byte-string.js'
import { escapePath } from '../paths/escape-path.js'
import type { ExtractOptions } from './contract.js'
import { syncDirectory } from './disk-sync.js'
import { translateRestoreError } from './file-errors.js'
import { privatePrefix, tellOfLeftBehind } from './left-behind.js'
import { removeTree } from './remove-tree.js'
import { firstWithin, mountPoints } from './spared-paths.js'
import type { WarningList } from '../warnings/warning-list.js'

/** Where a restore goes, and where it is prepared: on the same file system, so that it can be renamed into place. */
export interface StagingPlace {
  /** The target, absolute. Byte strings, all three. */
  readonly target: string
  readonly targetExists: boolean
  /**
   * A private directory, in the target or in the nearest directory above it that is there. In it the tree is made in `new`, and
   * what it replaces is kept in `old`.
   */
  readonly path: string
}

/** Makes the private directory, and tells of those that are left there. `INVALID_INPUT` where the target is no directory and cannot become one. */
export function createStaging({ to, onNotice }: Pick<ExtractOptions, 'to' | 'onNotice'>): StagingPlace {
  if (to === '' || to.includes('\0'))
    throw new BakthatError('INVALID_INPUT', 'no target for the restore', { hint: 'name a directory' })
  const target = resolve(to)
  if (target === '/') {
    throw new BakthatError('INVALID_INPUT', 'the root directory is no target for a restore', {
      hint: 'restore into an empty directory and move what you need',
    })
  }
  try {
    const targetExists = isDirectory(target)
    const real = targetExists ? realpathSync(target) : target
    const directory = targetExists ? real : nearestAbove(real)
    if (onNotice !== undefined) tellOfLeftBehind(directory, onNotice)
    return { target: toByteString(real), targetExists, path: makePrivate(directory) }
  } catch (error) {
    if (!hasSystemCode(error, 'ENOENT', 'ENOTDIR')) throw translateRestoreError(error, target)
    throw new BakthatError('INVALID_INPUT', `there is no directory ${escapePath(toByteString(dirname(target)))}`, {
      hint: 'name another one with --to',
      cause: error,
    })
  }
}

function nearestAbove(target: string): string {
  const above = dirname(target)
  return isDirectory(above) ? above : nearestAbove(above)
}

function makePrivate(directory: string): string {
  const path = mkdtempSync(join(directory, privatePrefix()))
  try {
    mkdirSync(join(path, 'new'), 0o755)
  } catch (error) {
    removeTree(toByteString(path))
    throw error
  }
  return toByteString(path)
}

/**
 * Removes everything that was staged, after a failure; but what was replaced and could not be put back stays, for it is
 * somebody's data. What cannot be removed stays too, for the next restore to tell of: what made this one fail is worth more telling.
 */
export function discardStaging({ path }: StagingPlace): void {
  try {
    if (!exists(path)) return
    const old = `${path}/old`
    if (exists(old) && readdirSync(toFileSystemPath(old)).length > 0) removeTree(`${path}/new`)
    else removeTree(path)
  } catch (error) {
    if (systemCodeOf(error) === undefined) throw error
  }
}

/** Removes it after a restore that has succeeded, whatever becomes of what it replaced. */
export function removeStaging({ path }: StagingPlace, warnings: WarningList): void {
  let [left, what] = [path, 'what it was prepared in']
  try {
    if (exists(`${path}/old`)) [left, what] = [`${path}/old`, 'what was replaced']
    removeTree(path)
  } catch (error) {
    warnings.add('skipped', left, `${what} could not be removed (${systemCodeOf(error) ?? 'error'})`, true)
  }
}

function isDirectory(target: string): boolean {
  const stats = statSync(target, { throwIfNoEntry: false })
  if (stats === undefined && lstatSync(target, { throwIfNoEntry: false }) === undefined) return false
  if (stats?.isDirectory() === true) return true
  throw new BakthatError('INVALID_INPUT', `${escapePath(toByteString(target))} is not a directory`, {
    hint: 'name another one with --to',
  })
}

/** What a restore may replace. */
export interface Replacing {
  readonly overwrite: boolean
  /** Real paths, as byte strings, that stay whatever happens. */
  readonly spared: readonly string[]
  /** What was chosen of the archive: such a choice replaces nothing. */
  readonly only?: readonly string[] | undefined
}

/** Puts what was staged into place: all of it or nothing. */
export class Placement {
  readonly #staging: StagingPlace
  readonly #overwrite: boolean
  readonly #isChoice: boolean
  readonly #spared: readonly string[]
  #mounted: readonly string[]
  readonly #undo: (() => void)[] = []

  constructor(staging: StagingPlace, { overwrite, spared, only }: Replacing) {
    this.#staging = staging
    this.#overwrite = overwrite
    this.#isChoice = only !== undefined
    this.#spared = spared
    this.#mounted = overwrite ? mountPoints() : []
  }

  /** Throws `ALREADY_EXISTS` where a top-level entry of this name would have to replace something unasked, or what is spared. */
  checkFree(name: string): void {
    const { target, targetExists } = this.#staging
    const path = `${target}/${name}`
    if (!targetExists || !exists(path)) return
    if (!this.#overwrite) throw inTheWay(path, this.#isChoice)
    const spared = firstWithin(path, this.#spared)
    if (spared !== undefined) throw notReplaced(path, `${escapePath(spared)} would go with it`)
    const mounted = firstWithin(path, this.#mounted)
    if (mounted !== undefined) throw notReplaced(path, `${escapePath(mounted)} is mounted there`)
  }

  /** Durably. Gives the names of the top-level entries. After a failure everything is as it was. */
  place(): string[] {
    const { targetExists, path } = this.#staging
    const names = readdirSync(toFileSystemPath(`${path}/new`), 'latin1')
    if (this.#overwrite) this.#mounted = mountPoints()
    for (const name of names) this.checkFree(name)
    try {
      if (targetExists) this.#placeAll(names)
      else this.#placeTarget()
      this.#syncNames()
    } catch (error) {
      this.takeBack()
      throw error
    }
    return names
  }

  /** Undoes {@link place}, as far as that goes: one step that fails does not keep the others from being undone. */
  takeBack(): void {
    const failures: unknown[] = []
    for (const undo of this.#undo.splice(0).reverse()) {
      try {
        undo()
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length === 0) return
    throw new BakthatError(
      'PERMISSION_DENIED',
      `not everything in ${escapePath(this.#staging.target)} could be put back`,
      {
        hint: `what is missing lies in ${escapePath(this.#staging.path)}`,
        cause: failures[0],
      },
    )
  }

  #placeAll(names: readonly string[]): void {
    const { target, path } = this.#staging
    if (this.#overwrite) mkdirSync(toFileSystemPath(`${path}/old`), 0o700)
    for (const name of names) {
      if (this.#overwrite && exists(`${target}/${name}`)) this.#move(`${target}/${name}`, `${path}/old/${name}`)
      this.#move(`${path}/new/${name}`, `${target}/${name}`)
    }
  }

  /** With the directories above it that are missing: all of it appears at once. */
  #placeTarget(): void {
    const { target, path } = this.#staging
    const [topmost = '', ...below] = relative(dirname(path), target).split('/')
    if (below.length > 0) this.#putBelow(below)
    this.#move(`${path}/${below.length > 0 ? 'above' : 'new'}`, join(dirname(path), topmost))
  }

  /** Makes the directories for it, in which the disk has it before they appear. */
  #putBelow(names: readonly string[]): void {
    const { path } = this.#staging
    const made = names.map((_, index) => [`${path}/above`, ...names.slice(0, index)].join('/'))
    for (const directory of made) mkdirSync(toFileSystemPath(directory), 0o755)
    this.#move(`${path}/new`, [`${path}/above`, ...names].join('/'))
    for (const directory of made) syncDirectory(directory)
  }

  /** What was replaced is removed next: by then a power cut has to leave what came in its place. */
  #syncNames(): void {
    const { target, targetExists, path } = this.#staging
    if (targetExists && this.#overwrite) syncDirectory(`${path}/old`)
    syncDirectory(targetExists ? target : dirname(path))
  }

  #move(from: string, to: string): void {
    move(from, to)
    this.#undo.push(() => {
      move(to, from)
    })
  }
}

/** A directory without write permission cannot be moved by its owner, because its `..` changes. */
function move(from: string, to: string): void {
  try {
    renameSync(toFileSystemPath(from), toFileSystemPath(to))
  } catch (error) {
    const stats = lstatSync(toFileSystemPath(from))
    if (systemCodeOf(error) !== 'EACCES' || !stats.isDirectory() || (stats.mode & 0o200) !== 0) throw error
    chmodSync(toFileSystemPath(from), (stats.mode & 0o7777) | 0o200)
    try {
      renameSync(toFileSystemPath(from), toFileSystemPath(to))
    } catch (stillRefused) {
      chmodSync(toFileSystemPath(from), stats.mode & 0o7777)
      throw stillRefused
    }
    chmodSync(toFileSystemPath(to), stats.mode & 0o7777)
  }
}

function exists(path: string): boolean {
  return lstatSync(toFileSystemPath(path), { throwIfNoEntry: false }) !== undefined
}

function notReplaced(path: string, why: string): BakthatError {
  return new BakthatError('ALREADY_EXISTS', `${escapePath(path)} is not replaced: ${why}`, {
    hint: 'restore elsewhere with --to, and move what you need',
  })
}

function inTheWay(path: string, isChoice: boolean): BakthatError {
  return new BakthatError('ALREADY_EXISTS', `${escapePath(path)} is in the way`, {
    hint: isChoice
      ? 'restore elsewhere with --to, and move what you need'
      : 'restore elsewhere with --to, or replace it with --overwrite',
  })
}
