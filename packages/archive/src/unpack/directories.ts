import { closeSync, constants, fchmodSync, futimesSync, lstatSync, mkdirSync, openSync, unlinkSync } from 'node:fs'
import { BakthatError } from '@bakthat/errors'
import { toFileSystemPath } from '../paths/byte-string.js'
import { escapePath } from '../paths/escape-path.js'
import type { ArchiveEntry } from './contract.js'
import { nameOf, parentOf } from './entry-path.js'
import { codeOf } from './file-errors.js'
import type { Owners } from './owners.js'
import { seconds, usualDirectoryMode } from './attributes.js'

interface Directory {
  /** By which the file system finds it. */
  readonly accessPath: string
  entry: ArchiveEntry | undefined
}

export const directoryFlags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW

/** The system's limit for one path, less the longest name. */
export const longestAccessPath = 4096 - 257

/**
 * The directories of a restore: made private and writable when they are first needed, with their owners, modes and times
 * given at the end, deepest first, when nothing is written below them any more.
 */
export class Directories {
  readonly #directories = new Map<string, Directory>()
  readonly #descriptors: number[] = []

  constructor(staging: string) {
    this.#directories.set('', { accessPath: staging, entry: undefined })
  }

  /** Makes the directory of an entry, or remembers the entry for one that is there. */
  add(path: string, entry: ArchiveEntry): void {
    const directory = this.#directories.get(path) ?? this.#make(path)
    directory.entry = entry
  }

  has(path: string): boolean {
    return this.#directories.has(path)
  }

  /** The path by which the file system finds an entry, whose parents are made if they are missing. */
  accessPath(path: string): string {
    const parent = parentOf(path)
    const { accessPath } = this.#directories.get(parent) ?? this.#make(parent)
    return `${accessPath}/${nameOf(path)}`
  }

  /** Gives every directory its owner, mode and times; `skip` tells those whose turn comes later. */
  finish(owners: Owners | undefined, modeOf: (entry: ArchiveEntry) => number, skip: (path: string) => boolean): void {
    for (const [path, { accessPath, entry }] of [...this.#directories].reverse()) {
      if (!skip(path)) finishDirectory(`${accessPath}/.`, entry, owners, modeOf)
    }
  }

  /** The entries of directories without a parent in the archive, by name. */
  topLevel(): [string, ArchiveEntry | undefined][] {
    return [...this.#directories]
      .filter(([path]) => path !== '' && !path.includes('/'))
      .map(([path, { entry }]) => [path, entry])
  }

  close(): void {
    for (const descriptor of this.#descriptors.splice(0)) closeSync(descriptor)
  }

  #make(path: string): Directory {
    const accessPath = this.accessPath(path)
    try {
      mkdirSync(toFileSystemPath(accessPath), 0o700)
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
      replaceByDirectory(accessPath, path)
    }
    const directory = { accessPath: this.#shorten(accessPath), entry: undefined }
    this.#directories.set(path, directory)
    return directory
  }

  /** Linux reaches what lies under too long a path by way of an open directory. */
  #shorten(accessPath: string): string {
    if (accessPath.length <= longestAccessPath || process.platform !== 'linux') return accessPath
    const descriptor = openSync(toFileSystemPath(accessPath), directoryFlags)
    this.#descriptors.push(descriptor)
    return `/proc/self/fd/${descriptor}`
  }
}

/** The later entry of a name wins. A directory that a file system takes for the same as another one is not replaced. */
function replaceByDirectory(accessPath: string, path: string): void {
  if (lstatSync(toFileSystemPath(accessPath)).isDirectory())
    throw new BakthatError('UNSAFE_ARCHIVE', `this file system takes ${escapePath(path)} for another directory`, {
      hint: 'restore to a file system that tells names apart by every byte',
    })
  unlinkSync(toFileSystemPath(accessPath))
  mkdirSync(toFileSystemPath(accessPath), 0o700)
}

/**
 * Owner, mode and times of one directory, which is not followed if it has become a link by now; one that the archive only
 * implies gets the usual mode.
 */
export function finishDirectory(
  path: string,
  entry: ArchiveEntry | undefined,
  owners: Owners | undefined,
  modeOf: (entry: ArchiveEntry) => number,
): void {
  const descriptor = openSync(toFileSystemPath(path), directoryFlags)
  try {
    if (entry === undefined) {
      fchmodSync(descriptor, usualDirectoryMode())
      return
    }
    owners?.ofDescriptor(descriptor, entry)
    fchmodSync(descriptor, modeOf(entry))
    futimesSync(descriptor, seconds(entry.mtimeNs), seconds(entry.mtimeNs))
  } finally {
    closeSync(descriptor)
  }
}
