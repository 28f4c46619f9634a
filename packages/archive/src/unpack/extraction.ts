import { closeSync } from 'node:fs'
import { BakthatError } from '@bakthat/errors'
import { toFileSystemPath } from '../paths/byte-string.js'
import { escapePath } from '../paths/escape-path.js'
import { AccessPaths } from './access-paths.js'
import { Attributes } from './attributes.js'
import type { ExtractLimits, ExtractSummary } from './contract.js'
import { DirectoryList } from './directory-list.js'
import { doNotTrust, safePath, topLevelOf } from './entry-path.js'
import { codeOf, translateRestoreError } from './file-errors.js'
import { LimitCheck } from './limits.js'
import { createFile, LinkList } from './link-list.js'
import { OpenFile } from './open-file.js'
import { removeTree } from './remove-tree.js'
import { makeSpecialFile } from './special-files.js'
import { discardStaging, Placement, type StagingPlace } from './staging.js'
import type { TarEntry } from './tar-entry.js'
import { TarReader, type TarSink } from './tar-reader.js'
import { TreeMaker } from './tree-maker.js'
import { WarningList } from './warning-list.js'

/** What another thread can be told. */
export interface ExtractionSettings {
  readonly staging: StagingPlace
  readonly overwrite: boolean
  readonly keepSpecialModes: boolean
  readonly keepOwner: boolean
  readonly special: boolean
  readonly limits: ExtractLimits
}

/** How far it is. */
export interface ExtractionState {
  readonly files: number
  readonly bytesWritten: number
  /** The path last begun, a byte string. */
  readonly current: string
}

/**
 * Makes what an archive holds in the staging directory, as its bytes come, and puts it into place at the end. Synchronous;
 * after an error nothing is left of it.
 */
export class Extraction implements TarSink {
  readonly #settings: ExtractionSettings
  readonly #reader = new TarReader(this)
  readonly #warnings = new WarningList()
  readonly #directories = new DirectoryList()
  readonly #links = new LinkList()
  readonly #skipped = new Set<string>()
  readonly #tree: TreeMaker
  readonly #attributes: Attributes
  readonly #limits: LimitCheck
  readonly #placement: Placement
  #file: OpenFile | undefined
  #entries = 0
  #files = 0
  #bytesWritten = 0
  #current = ''
  #topLevel = ''
  #isSlashTold = false

  constructor(settings: ExtractionSettings) {
    this.#settings = settings
    const root = `${settings.staging.path}/new`
    this.#tree = new TreeMaker(root, (path) => this.#replaced(path))
    this.#attributes = new Attributes(settings, this.#warnings, toFileSystemPath(root))
    this.#limits = new LimitCheck(toFileSystemPath(root), settings.limits)
    this.#placement = new Placement(settings.staging, settings.overwrite)
  }

  /** Takes the next bytes of tar. */
  write(bytes: Uint8Array): ExtractionState {
    this.#undoing(() => this.#reader.write(bytes))
    return { files: this.#files, bytesWritten: this.#bytesWritten, current: this.#current }
  }

  /** Says that there is no more, and puts everything into place. `hasTrailer` tells whether something followed the compressed data. */
  commit(hasTrailer: boolean): ExtractSummary {
    const topLevel = this.#undoing(() => {
      this.#reader.end()
      if (hasTrailer || this.#reader.hasTrailer) this.#tellTrailer()
      this.#links.make(this.#tree.paths, this.#attributes)
      this.#directories.finishInner(this.#tree.paths, this.#attributes)
      this.#tree.close()
      return this.#place()
    })
    this.#removeStaging()
    return {
      entries: this.#entries,
      files: this.#files,
      bytesWritten: this.#bytesWritten,
      topLevel: topLevel.map(escapePath),
      warnings: this.#warnings.all(),
    }
  }

  /** Removes what was made. */
  discard(): void {
    this.#file?.close()
    this.#file = undefined
    this.#tree.close()
    discardStaging(this.#settings.staging)
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
    this.#naming(() => file.finish(this.#attributes))
    this.#file = undefined
    file.close()
  }

  #add(entry: TarEntry, path: string): void {
    this.#begin(path)
    this.#links.delete(path)
    this.#naming(() => {
      switch (entry.type) {
        case 'file':
          this.#addFile(entry, path)
          break
        case 'directory':
          this.#tree.makeDirectory(path)
          this.#directories.add(this.#attributes.of(entry, path))
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
    this.#placement.checkFree(topLevel)
    this.#topLevel = topLevel
  }

  /** `.` is the target: it gets its attributes if the restore makes it. */
  #addTarget(entry: TarEntry): void {
    if (entry.type !== 'directory') {
      throw new BakthatError('UNSAFE_ARCHIVE', `the entry ${escapePath(entry.path)} would replace the target`, {
        hint: doNotTrust,
      })
    }
    this.#directories.add(this.#attributes.of(entry, ''))
  }

  #addFile(entry: TarEntry, path: string): void {
    this.#files++
    const attributes = this.#attributes.of(entry, path)
    this.#file = new OpenFile(this.#tree.makeNew(path, createFile), entry, attributes)
  }

  #addSymlink(entry: TarEntry, path: string, target: string): void {
    if (target === '' || target.includes('\0')) {
      throw new BakthatError('INTEGRITY', `the symbolic link ${escapePath(path)} has no target`)
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
    const text = this.#links.targetOf(target)
    if (text !== undefined) this.#addSymlink(entry, path, text)
    else if (this.#skipped.has(target)) this.#skip(path, `a hard link to ${escapePath(target)}, which was skipped`)
    else if (target === '' || !this.#tree.link(target, path)) {
      throw new BakthatError(
        'UNSAFE_ARCHIVE',
        `the entry ${escapePath(path)} is a hard link to ${escapePath(target)}, which is no file of this archive`,
        { hint: doNotTrust },
      )
    }
  }

  #addSpecial(entry: TarEntry, path: string): void {
    if (!this.#settings.special || process.geteuid?.() !== 0) {
      this.#skip(path, `a ${entry.type.replace('-', ' ')}, which is only made when asked for, by root`)
      return
    }
    const temporary = `${this.#settings.staging.path}/node`
    const attributes = this.#attributes.of(entry, path)
    closeSync(this.#tree.makeNew(path, createFile))
    makeSpecialFile(temporary, this.#tree.paths.of(path), entry)
    this.#attributes.toNode(this.#tree.paths.of(path), attributes)
  }

  #skip(path: string, message: string): void {
    this.#tree.makeParent(path)
    this.#skipped.add(path)
    this.#warnings.add('skipped', path, message, true)
  }

  #replaced(path: string): void {
    this.#warnings.add('skipped', path, 'an earlier entry of this name was replaced by a later one', false)
  }

  #tellSlash(path: string): void {
    if (this.#isSlashTold) return
    this.#isSlashTold = true
    this.#warnings.add('skipped', path, 'the slash at the beginning of this and other paths was taken away', false)
  }

  /** Another archive, or garbage: nobody knows what was meant. */
  #tellTrailer(): void {
    this.#warnings.add('skipped', '', 'what follows the end of the archive was not read', true)
  }

  #place(): string[] {
    const { target, targetExists } = this.#settings.staging
    const topLevel = this.#placement.place()
    const placed = new AccessPaths(target)
    try {
      this.#directories.finishTopLevel(placed, this.#attributes, !targetExists)
    } catch (error) {
      this.#placement.takeBack()
      throw error
    } finally {
      placed.close()
    }
    return topLevel
  }

  /** The restore has succeeded, whatever becomes of what it replaced. */
  #removeStaging(): void {
    const { path } = this.#settings.staging
    try {
      removeTree(path)
    } catch (error) {
      const left = `${path}/old`
      this.#warnings.add('skipped', left, `what was replaced could not be removed (${codeOf(error) ?? 'error'})`, true)
    }
  }

  #undoing<Result>(act: () => Result): Result {
    try {
      return act()
    } catch (error) {
      this.discard()
      throw translateRestoreError(error, escapePath(this.#settings.staging.target))
    }
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
