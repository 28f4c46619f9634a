import { rm } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'

import { shellWords } from '@bakthat/errors'
import {
  locatorOfName,
  interruptible,
  nameOfLocator,
  rangeWithin,
  throwIfAborted,
  type Availability,
  type BlobInfo,
  type ByHand,
  type Bytes,
  type CallOptions,
  type Capabilities,
  type Leftover,
  type Leftovers,
  type ListOptions,
  type LocalDirectory,
  type Locator,
  type PutOptions,
  type Registered,
  type Registers,
  type ReplaceOptions,
  type RetrieveOptions,
  type StatOptions,
  type StorageBackend,
} from '@bakthat/storage'

import { makeDirectories, syncDirectory } from './directories.js'
import { statsOf, told } from './failures.js'
import { removeLeftovers } from './leftovers.js'
import { listBlobs } from './listing.js'
import { checkLocalName } from './names.js'
import { PartialFile } from './partial-file.js'
import { passesThroughLink, realPath } from './paths.js'
import { isPublished, nameTaken, publish } from './publication.js'
import { notFound, readBlob, withBlob } from './reading.js'
import { eraseRegister, readRegister, writeRegister } from './registers.js'
import { removeUnfinishedFile, unfinishedFiles } from './unfinished-files.js'

export interface LocalOptions {
  /**
   * Whether names are taken by hard link. Default `true`: links are tried, and the other way is gone where the file system
   * has none. `false` for a file system whose links cannot be trusted.
   */
  readonly hardLinks?: boolean
  /** Seconds that a value may be waited for which another process is changing, before that is `UNAVAILABLE`. Default 30. */
  readonly patienceSeconds?: number
}

/**
 * A directory as a storage backend: every blob is a file of its name in it. The directory is made by the first `put`.
 *
 * @example
 * ```ts
 * import { openLocal } from '@bakthat/local'
 * import { single } from '@bakthat/storage'
 *
 * const backend = openLocal('backups')
 * const { size, sha256 } = await backend.put('notes.txt', single(Buffer.from('remember the milk')))
 * console.log(size, sha256)
 * ```
 */
export function openLocal(directory: string, options: LocalOptions = {}): StorageBackend {
  return new LocalBackend(realPath(directory), options)
}

class LocalBackend implements StorageBackend, ByHand, LocalDirectory, Leftovers, Registers {
  readonly scheme = 'local'
  readonly container: string
  readonly localDirectory: string
  readonly capabilities: Capabilities = {
    retrieval: 'immediate',
    listing: 'immediate',
    ranges: true,
    names: true,
    minimumStorageDays: 0,
  }
  readonly #hardLinks: boolean
  readonly #patienceSeconds: number

  constructor(root: string, { hardLinks = true, patienceSeconds = 30 }: LocalOptions) {
    this.container = root
    this.localDirectory = root
    this.#hardLinks = hardLinks
    this.#patienceSeconds = patienceSeconds
  }

  async put(name: string, bytes: Bytes, options: PutOptions = {}): Promise<BlobInfo & { readonly sha256: string }> {
    const { signal } = options
    throwIfAborted(signal)
    const locator = this.locate(name)
    const path = join(this.container, name)
    await this.#throwIfTaken(name)
    await this.#makeDirectory(dirname(path), options)
    const partial = await PartialFile.create(path)
    try {
      const written = await partial.fill(interruptible(bytes, signal))
      throwIfAborted(signal)
      await publish(partial.path, path, this.#hardLinks)
      return { name, locator, ...written }
    } catch (error) {
      // What failed first is what the caller must hear; a partial file that cannot be removed either is no blob.
      await partial.discard().catch(() => undefined)
      throw error
    }
  }

  async stat(locator: Locator, { signal }: StatOptions = {}): Promise<Availability<BlobInfo>> {
    throwIfAborted(signal)
    const name = nameOfLocator(locator)
    const { size, mtime } = await withBlob(await this.#pathOf(name), (_, stats) => stats)
    return { state: 'ready', value: { name, locator, size, storedAt: mtime } }
  }

  async retrieve(locator: Locator, { range, signal }: RetrieveOptions = {}): Promise<Availability<Bytes>> {
    throwIfAborted(signal)
    const path = await this.#pathOf(nameOfLocator(locator))
    const { size } = await withBlob(path, (_, stats) => stats)
    const { start, end } = rangeWithin(size, range, path)
    return { state: 'ready', value: interruptible(readBlob(path, start, end), signal) }
  }

  async remove(locator: Locator, { signal }: CallOptions = {}): Promise<void> {
    throwIfAborted(signal)
    const name = nameOfLocator(locator)
    checkLocalName(name)
    if (await passesThroughLink(this.container, name)) return
    const path = join(this.container, name)
    const there = await statsOf(path)
    if (there?.isDirectory() === false) {
      await told(path, () => rm(path, { force: true }))
      await syncDirectory(dirname(path))
    }
    if (there === undefined || !(await isPublished(path, there))) await removeLeftovers(path)
  }

  locate(name: string): Locator {
    checkLocalName(name)
    return locatorOfName(name)
  }

  async list({ prefix = '', signal }: ListOptions = {}): Promise<Availability<AsyncIterable<BlobInfo>>> {
    throwIfAborted(signal)
    return Promise.resolve({ state: 'ready', value: listBlobs(this.container, prefix, signal) })
  }

  listByHand(): string {
    return shellWords('ls', '-l', this.container)
  }

  fetchByHand(locator: Locator): string {
    return shellWords('cat', join(this.container, nameOfLocator(locator)))
  }

  leftovers({ signal }: CallOptions = {}): AsyncIterable<Leftover> {
    return unfinishedFiles(this.container, signal)
  }

  async removeLeftover(id: string, { signal }: CallOptions = {}): Promise<void> {
    throwIfAborted(signal)
    await removeUnfinishedFile(this.container, id)
  }

  async read(name: string, { signal }: CallOptions = {}): Promise<Registered> {
    throwIfAborted(signal)
    return readRegister(await this.#pathOf(name))
  }

  async write(name: string, bytes: Uint8Array, options: ReplaceOptions = {}): Promise<{ readonly etag: string }> {
    throwIfAborted(options.signal)
    const path = await this.#pathOf(name)
    await makeDirectories(dirname(path))
    return writeRegister(path, bytes, { ...options, patienceSeconds: this.#patienceSeconds })
  }

  async erase(name: string, options: ReplaceOptions = {}): Promise<void> {
    throwIfAborted(options.signal)
    await eraseRegister(await this.#pathOf(name), { ...options, patienceSeconds: this.#patienceSeconds })
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  async #pathOf(name: string): Promise<string> {
    checkLocalName(name)
    const path = join(this.container, name)
    if (await passesThroughLink(this.container, name)) throw notFound(path)
    return path
  }

  async #throwIfTaken(name: string): Promise<void> {
    const path = join(this.container, name)
    if (await passesThroughLink(this.container, name)) throw nameTaken(path)
    if ((await statsOf(path)) !== undefined) throw nameTaken(path)
  }

  async #makeDirectory(directory: string, { onNotice }: PutOptions): Promise<void> {
    const topmost = await makeDirectories(directory)
    if (topmost === undefined) return
    if (`${this.container}${sep}`.startsWith(`${topmost}${sep}`)) onNotice?.(`made the directory ${this.container}`)
  }
}
