import { closeSync } from 'node:fs'
import { BakthatError } from '@bakthat/errors'
import { toFileSystemPath } from '../paths/byte-string.js'
import { escapePath } from '../paths/escape-path.js'
import { Attributes, type AttributeOptions } from './attributes.js'
import type { ExtractLimits } from './contract.js'
import { DirectoryList } from './directory-list.js'
import type { AccessPaths } from './access-paths.js'
import { doNotTrust, safePath, topLevelOf } from './entry-path.js'
import { translateRestoreError } from './file-errors.js'
import { LimitCheck } from './limits.js'
import { createFile } from './create-file.js'
import { LinkList } from './link-list.js'
import { OpenFile } from './open-file.js'
import { makeSpecialFile } from './special-files.js'
import type { TarEntry } from './tar-entry.js'
import type { TarSink } from './tar-reader.js'
import { TreeMaker } from './tree-maker.js'
import type { WarningList } from '../warnings/warning-list.js'

export interface EntryMakerOptions extends AttributeOptions {
  /** An empty, private directory, as a byte string. */
  readonly root: string
  /** A path beside it where something may be for a moment. */
  readonly temporary: string
  readonly special: boolean
  readonly sparse: boolean
  readonly limits: ExtractLimits
  /** Throws where a top-level entry of this name would be in the way. */
  readonly checkFree: (topLevel: string) => void
}

/** More bytes than paths have anywhere. Links that cannot be made fail when they are made; these would fill the disk before. */
const longestTarget = 8192

/** What hard links may name without being refused; more are not remembered. */
const mostSkipped = 100_000

/** Makes the entries of an archive in a directory. Not for two archives. */
export class EntryMaker implements TarSink {
  readonly #options: EntryMakerOptions
  readonly #warnings: WarningList
  readonly #directories = new DirectoryList()
  readonly #links = new LinkList()
  readonly #skipped = new Set<string>()
  readonly #tree: TreeMaker
  readonly #attributes: Attributes
  readonly #limits: LimitCheck
  #file: OpenFile | undefined
  #entries = 0
  #files = 0
  #bytesWritten = 0
  #current = ''
  #topLevel = ''
  #isSlashTold = false

  constructor(options: EntryMakerOptions, warnings: WarningList) {
    const { root, sparse } = options
    this.#options = options
    this.#warnings = warnings
    this.#tree = new TreeMaker(
      root,
      (path) => this.#replaced(path),
      (path) => this.#limits.addImplied(path),
    )
    this.#attributes = new Attributes(options, warnings, toFileSystemPath(options.temporary))
    // Nobody knows how much of a file becomes holes.
    this.#limits = new LimitCheck(sparse ? undefined : toFileSystemPath(root), options.limits)
  }

  /** What was made so far; `current` is the path last begun, a byte string. */
  get progress(): {
    readonly entries: number
    readonly files: number
    readonly bytesWritten: number
    readonly current: string
  } {
    return { entries: this.#entries, files: this.#files, bytesWritten: this.#bytesWritten, current: this.#current }
  }

  /** Makes what had to wait, and finishes all directories but the top-level ones. */
  finish(): void {
    this.#links.make(this.#tree.paths, this.#attributes)
    this.#directories.finishInner(this.#tree.paths, this.#attributes)
    this.#tree.close()
  }

  /** Finishes the top-level directories where they lie now, and the one that they lie in if it is part of the restore. */
  finishTopLevel(placed: AccessPaths, withTarget: boolean): void {
    this.#directories.finishTopLevel(placed, this.#attributes, withTarget)
  }

  /** Releases what is open. */
  close(): void {
    this.#file?.close()
    this.#file = undefined
    this.#tree.close()
  }

  entry(entry: TarEntry): void {
    const path = safePath(entry.path)
    this.#current = path
    this.#entries++
    this.#limits.add(entry)
    if (entry.path.startsWith('/')) this.#tellSlash(entry.path)
    if (path === '') this.#addTarget(entry)
    else this.#add(entry, path)
  }

  data(bytes: Buffer, start: number, end: number): void {
    this.#naming(() => this.#file!.write(bytes, start, end))
    this.#bytesWritten += end - start
  }

  entryEnd(): void {
    const file = this.#file
    if (file === undefined) return
    this.#naming(() => file.finish(this.#attributes, this.#tree.paths))
    this.#file = undefined
    file.close()
  }

  #add(entry: TarEntry, path: string): void {
    this.#begin(path)
    this.#naming(() => {
      switch (entry.type) {
        case 'file':
          this.#addFile(entry, path)
          break
        case 'directory':
          this.#tree.makeDirectory(path)
          this.#addDirectory(entry, path)
          break
        case 'symlink':
          this.#addSymlink(entry, path, entry.linkTarget)
          break
        case 'hardlink':
          this.#addHardLink(entry, path)
          break
        default:
          this.#addSpecial(entry, path)
      }
    })
  }

  /** What is in the way is better told before everything was read. */
  #begin(path: string): void {
    const topLevel = topLevelOf(path)
    if (topLevel === this.#topLevel) return
    this.#options.checkFree(topLevel)
    this.#topLevel = topLevel
  }

  /** `.` is the target: it gets its attributes if the restore makes it. */
  #addTarget(entry: TarEntry): void {
    if (entry.type !== 'directory') {
      throw new BakthatError('UNSAFE_ARCHIVE', `the entry ${escapePath(entry.path)} would replace the target`, {
        hint: doNotTrust,
      })
    }
    this.#addDirectory(entry, '')
  }

  /** One that is made. */
  #addDirectory(entry: TarEntry, path: string): void {
    const attributes = this.#attributes.of(entry, path)
    this.#attributes.giveOwn(this.#tree.paths, attributes)
    this.#directories.add(attributes)
  }

  #addFile(entry: TarEntry, path: string): void {
    this.#files++
    const attributes = this.#attributes.of(entry, path)
    const hasMode = this.#attributes.isModeGranted(attributes)
    const descriptor = this.#tree.makeNew(path, (place) => createFile(place, hasMode ? attributes.mode : undefined))
    this.#file = new OpenFile(descriptor, entry, { ...attributes, hasMode }, this.#options.sparse)
    this.#attributes.giveOwn(this.#tree.paths, attributes)
  }

  #addSymlink(entry: TarEntry, path: string, target: string): void {
    if (target === '' || target.includes('\0')) {
      throw new BakthatError('INTEGRITY', `the symbolic link ${escapePath(path)} has no target`)
    }
    if (target.length > longestTarget) {
      throw new BakthatError(
        'UNSUPPORTED',
        `the target of the symbolic link ${escapePath(path)} is too long for a path`,
        {
          hint: doNotTrust,
        },
      )
    }
    this.#links.add(
      this.#tree.makeNew(path, createFile),
      target,
      this.#attributes.of({ ...entry, type: 'symlink' }, path),
    )
  }

  /** Only to what this restore made: there is nothing else in the staging directory. */
  #addHardLink(entry: TarEntry, path: string): void {
    this.#files++
    const target = safePath(entry.linkTarget, `the target of the hard link ${escapePath(path)},`)
    const text = this.#links.targetOf(target, this.#tree.paths)
    if (text !== undefined) this.#addSymlink(entry, path, text)
    else if (target !== '' && this.#tree.link(target, path)) return
    else if (this.#skipped.has(target)) this.#skip(path, `a hard link to ${escapePath(target)}, which was skipped`)
    else throw linksToNothing(path, target)
  }

  #addSpecial(entry: TarEntry, path: string): void {
    if (!this.#options.special || process.geteuid?.() !== 0) {
      this.#skip(path, `a ${entry.type.replace('-', ' ')}, which is made with --special, and by root only`)
      return
    }
    const attributes = this.#attributes.of(entry, path)
    closeSync(this.#tree.makeNew(path, createFile))
    makeSpecialFile(this.#options.temporary, this.#tree.paths.of(path), entry)
    this.#attributes.toNode(this.#tree.paths.of(path), attributes)
  }

  #skip(path: string, message: string): void {
    this.#tree.makeParent(path)
    if (this.#skipped.size < mostSkipped) this.#skipped.add(path)
    this.#warnings.add('skipped', path, message, true)
  }

  #replaced(path: string): void {
    this.#links.delete(path)
    this.#warnings.add('skipped', path, 'an earlier entry of this name was replaced by a later one', false)
  }

  #tellSlash(path: string): void {
    if (this.#isSlashTold) return
    this.#isSlashTold = true
    this.#warnings.add('skipped', path, 'the slash at the beginning of this and other paths was taken away', false)
  }

  /** Lets the errors of the file system name the entry. */
  #naming(act: () => void): void {
    try {
      act()
    } catch (error) {
      throw translateRestoreError(error, escapePath(this.#current))
    }
  }
}

function linksToNothing(path: string, target: string): BakthatError {
  return new BakthatError(
    'UNSAFE_ARCHIVE',
    `the entry ${escapePath(path)} is a hard link to ${escapePath(target)}, which is no file of this archive`,
    { hint: doNotTrust },
  )
}
