import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  futimesSync,
  linkSync,
  lstatSync,
  lutimesSync,
  openSync,
  symlinkSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { BakthatError } from '@bakthat/errors'
import type { ArchiveWarning } from '../pack/contract.js'
import { toFileSystemPath } from '../paths/byte-string.js'
import { escapePath } from '../paths/escape-path.js'
import type { ArchiveEntry, ExtractOptions } from './contract.js'
import { Directories, finishDirectory } from './directories.js'
import type { BuiltEntry } from './entry-builder.js'
import { nameOf, parentOf, safePath, topLevelOf } from './entry-path.js'
import { codeOf } from './file-errors.js'
import { Owners } from './owners.js'
import { makeSpecialFile } from './special-files.js'
import type { Staging } from './staging.js'
import type { TarSink } from './tar-reader.js'
import { seconds } from './attributes.js'

const createFlags = constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW | constants.O_WRONLY

/**
 * Makes the entries of an archive in a staging directory. Nothing is ever written through a link: symbolic links are made
 * after everything else, hard links only to regular files made here, and files are opened as new.
 */
export class Extraction implements TarSink {
  readonly warnings: ArchiveWarning[] = []
  entries = 0
  files = 0
  bytesWritten = 0
  /** The path last begun, for people. */
  current = ''
  readonly #staging: Staging
  readonly #options: ExtractOptions
  readonly #owners: Owners | undefined
  readonly #directories: Directories
  readonly #topLevel = new Set<string>()
  /** Symbolic links and special files, in the order of the archive; a later entry of the name takes one out. */
  readonly #deferred = new Map<string, BuiltEntry>()
  #file: { readonly descriptor: number; readonly entry: ArchiveEntry } | undefined
  #saidSlash = false

  constructor(staging: Staging, options: ExtractOptions) {
    this.#staging = staging
    this.#options = options
    this.#directories = new Directories(staging.path)
    const keepOwner = options.keepOwner ?? process.geteuid?.() === 0
    this.#owners = keepOwner ? new Owners(staging.path, (entry) => this.#ownerRefused(entry)) : undefined
  }

  /** Names of what stands at the top, escaped for people. */
  get topLevel(): string[] {
    return [...this.#topLevel].map(escapePath)
  }

  entry(entry: BuiltEntry): void {
    const path = safePath(entry.path)
    this.entries++
    this.current = path
    if (entry.path.startsWith('/')) this.#sayStripped(entry)
    if (path === '') {
      if (entry.type === 'directory') return
      throw new BakthatError('UNSAFE_ARCHIVE', `the entry ${escapePath(entry.path)} would replace the target itself`, {
        hint: 'do not trust this archive; nothing of it was restored',
      })
    }
    this.#begin(topLevelOf(path))
    this.#deferred.delete(path)
    if (entry.type === 'directory') this.#directories.add(path, entry)
    else this.#addNonDirectory(path, entry)
  }

  data(bytes: Buffer): void {
    const { descriptor } = this.#file!
    let at = 0
    while (at < bytes.length) at += writeSync(descriptor, bytes, at)
    this.bytesWritten += bytes.length
  }

  entryEnd(): void {
    if (this.#file === undefined) return
    const { descriptor, entry } = this.#file
    this.#owners?.ofDescriptor(descriptor, entry)
    fchmodSync(descriptor, this.#modeOf(entry))
    futimesSync(descriptor, seconds(entry.mtimeNs), seconds(entry.mtimeNs))
    this.#file = undefined
    closeSync(descriptor)
  }

  /** Makes what had to wait, and gives directories their final modes and times, but for the topmost. */
  finish(): void {
    for (const [path, entry] of this.#deferred) this.#addDeferred(path, entry)
    this.#directories.finish(this.#owners, (entry) => this.#modeOf(entry), isTopmost)
  }

  /** Finishes the topmost directories; after they were put into place, for one without write permission cannot be moved. */
  finishTopLevel(): void {
    for (const [path, entry] of this.#directories.topLevel())
      finishDirectory(this.#staging.placed(path), entry, this.#owners, (each) => this.#modeOf(each))
  }

  /** Releases what is open. */
  close(): void {
    if (this.#file !== undefined) closeSync(this.#file.descriptor)
    this.#file = undefined
    this.#directories.close()
  }

  #begin(topLevel: string): void {
    if (this.#topLevel.has(topLevel)) return
    this.#staging.checkFree(topLevel)
    this.#topLevel.add(topLevel)
  }

  #addNonDirectory(path: string, entry: BuiltEntry): void {
    if (this.#directories.has(path)) throw replacesDirectory(path)
    switch (entry.type) {
      case 'file':
        this.files++
        this.#file = { descriptor: this.#create(this.#directories.accessPath(path)), entry }
        break
      case 'hardlink':
        this.files++
        this.#addHardLink(path, entry)
        break
      default:
        this.#defer(path, entry)
    }
  }

  /** Its parents are made now, so that what would replace one of them is noticed. */
  #defer(path: string, entry: BuiltEntry): void {
    this.#directories.accessPath(path)
    this.#deferred.set(path, entry)
  }

  /** The later entry of a name wins; whatever else stands there is not followed and not written to. */
  #create(accessPath: string): number {
    const path = toFileSystemPath(accessPath)
    try {
      return openSync(path, createFlags, 0o600)
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
      unlinkSync(path)
      return openSync(path, createFlags, 0o600)
    }
  }

  #addHardLink(path: string, entry: BuiltEntry): void {
    const target = safePath(entry.linkTarget ?? '')
    const waiting = this.#deferred.get(target)
    if (waiting !== undefined) {
      this.#defer(path, waiting)
      return
    }
    const from = toFileSystemPath(this.#existing(target, path))
    const to = toFileSystemPath(this.#directories.accessPath(path))
    if (target === path) return
    try {
      linkSync(from, to)
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
      unlinkSync(to)
      linkSync(from, to)
    }
  }

  /** Where a regular file of this restore lies. */
  #existing(target: string, path: string): string {
    if (target !== '' && this.#directories.has(parentOf(target))) {
      const accessPath = this.#directories.accessPath(target)
      if (lstatSync(toFileSystemPath(accessPath), { throwIfNoEntry: false })?.isFile() === true) return accessPath
    }
    throw new BakthatError(
      'UNSAFE_ARCHIVE',
      `the entry ${escapePath(path)} is a hard link to ${escapePath(target)}, which is no file of this archive`,
      { hint: 'do not trust this archive; nothing of it was restored' },
    )
  }

  #addDeferred(path: string, entry: BuiltEntry): void {
    if (this.#directories.has(path)) throw replacesDirectory(path)
    const accessPath = this.#directories.accessPath(path)
    if (lstatSync(toFileSystemPath(accessPath), { throwIfNoEntry: false }) !== undefined)
      unlinkSync(toFileSystemPath(accessPath))
    if (entry.type === 'symlink') this.#addSymlink(path, accessPath, entry)
    else this.#addSpecial(path, accessPath, entry)
  }

  #addSymlink(path: string, accessPath: string, entry: BuiltEntry): void {
    if (entry.linkTarget === undefined)
      throw new BakthatError('INTEGRITY', `the symbolic link ${escapePath(path)} has no target`)
    symlinkSync(toFileSystemPath(entry.linkTarget), toFileSystemPath(accessPath))
    this.#owners?.ofLink(accessPath, entry)
    lutimesSync(toFileSystemPath(accessPath), seconds(entry.mtimeNs), seconds(entry.mtimeNs))
  }

  #addSpecial(path: string, accessPath: string, entry: BuiltEntry): void {
    if (this.#options.special !== true || process.geteuid?.() !== 0) {
      this.#skipSpecial(path, entry, 'is only made with --special, by root')
      return
    }
    if (!makeSpecialFile(accessPath, entry)) {
      this.#skipSpecial(path, entry, 'this system does not allow to make')
      return
    }
    this.#owners?.ofLink(accessPath, entry)
    chmodSync(toFileSystemPath(accessPath), this.#modeOf(entry))
    lutimesSync(toFileSystemPath(accessPath), seconds(entry.mtimeNs), seconds(entry.mtimeNs))
  }

  #skipSpecial(path: string, { type }: BuiltEntry, why: string): void {
    const message = `a ${type.replace('-', ' ')}, which ${why}`
    this.warnings.push({ code: 'skipped', path: escapePath(path), message, incomplete: true })
  }

  /** setuid, setgid and sticky bits would lend an archive's word the powers of its owner. */
  #modeOf({ mode }: ArchiveEntry): number {
    return this.#options.keepSpecialModes === true ? mode : mode & 0o777
  }

  #sayStripped(entry: ArchiveEntry): void {
    if (this.#saidSlash) return
    this.#saidSlash = true
    const message = 'leading slashes are taken away from this and other paths'
    this.warnings.push({ code: 'skipped', path: escapePath(entry.path), message, incomplete: false })
  }

  #ownerRefused(entry: ArchiveEntry): void {
    const message = `its owner ${entry.uid}:${entry.gid} could not be given to it, nor to others of that owner`
    this.warnings.push({ code: 'attributes', path: escapePath(safePath(entry.path)), message, incomplete: true })
  }
}

function isTopmost(path: string): boolean {
  return !path.includes('/')
}

function replacesDirectory(path: string): BakthatError {
  return new BakthatError(
    'UNSAFE_ARCHIVE',
    `the entry ${escapePath(nameOf(path))} at ${escapePath(path)} would replace a directory of the same archive`,
    { hint: 'do not trust this archive; nothing of it was restored' },
  )
}
