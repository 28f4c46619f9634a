import { createHash } from 'node:crypto'

import { BakthatError } from '@bakthat/errors'
import {
  checkBlobName,
  compareNames,
  daysAfter,
  interruptible,
  locatorOfName,
  nameOfLocator,
  rangeWithin,
  throwIfAborted,
  type Availability,
  type BlobInfo,
  type BlobRecord,
  type Bytes,
  type CallOptions,
  type Capabilities,
  type ListOptions,
  type Locator,
  type PutOptions,
  type RetrieveOptions,
  type StatOptions,
  type StorageBackend,
} from '@bakthat/storage'

export interface MemoryBackendOptions {
  /** Default `memory`. */
  readonly scheme?: string
  /** Default `memory`. */
  readonly container?: string
  /** As in `Capabilities`; without names the store numbers its blobs. Default `true`. */
  readonly names?: boolean
  /** As in `Capabilities`. Default `true`. */
  readonly ranges?: boolean
  /** As in `Capabilities`. Default 0. */
  readonly minimumStorageDays?: number
  /** As in `Capabilities`. Default `bytes`. */
  readonly confirmation?: 'bytes' | 'size'
  /** For how many days blobs are locked against removal. Default 0. */
  readonly lockDays?: number
  /** What `storedAt` is taken from, and locks are held against. Default: the system's clock. */
  readonly now?: () => Date
}

/** A backend whose blobs live as long as it does. */
export interface MemoryBackend extends StorageBackend {
  /** Another backend on the same blobs, as another process would open one. */
  reopen(): MemoryBackend
}

/**
 * A backend in memory, for tests: the contract and nothing else. Two that are made apart share nothing.
 *
 * @example
 * ```ts
 * import { collect, single } from '@bakthat/storage'
 * import { memoryBackend } from '@bakthat/storage-testing'
 *
 * const backend = memoryBackend()
 * const { locator } = await backend.put('greeting', single(Buffer.from('hello')))
 * const answer = await backend.retrieve(locator)
 * if (answer.state === 'ready') console.log(Buffer.from(await collect(answer.value, 100)).toString())
 * ```
 */
export function memoryBackend(options: MemoryBackendOptions = {}): MemoryBackend {
  return new Memory(options, { blobs: new Map(), made: 0 })
}

type StoredInfo = BlobInfo & { readonly sha256: string }

interface Shelf {
  readonly blobs: Map<Locator, { readonly info: StoredInfo; readonly content: Uint8Array }>
  made: number
}

const chunkSize = 64 * 1024

class Memory implements MemoryBackend {
  readonly scheme: string
  readonly container: string
  readonly capabilities: Capabilities
  readonly #options: MemoryBackendOptions
  readonly #shelf: Shelf

  constructor(options: MemoryBackendOptions, shelf: Shelf) {
    const { scheme = 'memory', container = 'memory' } = options
    const { names = true, ranges = true, minimumStorageDays = 0, confirmation = 'bytes' } = options
    this.scheme = scheme
    this.container = container
    this.capabilities = {
      retrieval: 'immediate',
      listing: 'immediate',
      ranges,
      names,
      minimumStorageDays,
      confirmation,
    }
    this.#options = options
    this.#shelf = shelf
  }

  async put(name: string, bytes: Bytes, { signal, record }: PutOptions = {}): Promise<StoredInfo> {
    throwIfAborted(signal)
    const locator = this.locate(name) ?? `blob-${++this.#shelf.made}`
    this.#throwIfTaken(locator, name)
    const content = await contentOf(interruptible(bytes, signal))
    throwIfAborted(signal)
    this.#throwIfTaken(locator, name)
    const sha256 = createHash('sha256').update(content).digest('hex')
    const storedAt = this.#now()
    const info = {
      name,
      size: content.length,
      locator,
      sha256,
      storedAt,
      ...this.#terms(storedAt),
      ...this.#kept(locator, record),
    }
    this.#shelf.blobs.set(locator, { info, content })
    return info
  }

  async stat(locator: Locator, { signal }: StatOptions = {}): Promise<Availability<BlobInfo>> {
    throwIfAborted(signal)
    return Promise.resolve({ state: 'ready', value: this.#find(locator).info })
  }

  async retrieve(locator: Locator, { range, signal }: RetrieveOptions = {}): Promise<Availability<Bytes>> {
    throwIfAborted(signal)
    const { content } = this.#find(locator)
    if (range !== undefined && !this.capabilities.ranges) {
      throw new BakthatError('UNSUPPORTED', 'this store gives whole blobs only')
    }
    const { start, end } = rangeWithin(content.length, range, locator)
    return Promise.resolve({ state: 'ready', value: chunksOf(content.subarray(start, end), signal) })
  }

  async remove(locator: Locator, { signal }: CallOptions = {}): Promise<void> {
    throwIfAborted(signal)
    this.#check(locator)
    const until = this.#shelf.blobs.get(locator)?.info.lockedUntil
    if (until !== undefined && until > this.#now()) {
      throw new BakthatError('LOCKED', `${locator} is locked until ${until.toISOString()}`)
    }
    this.#shelf.blobs.delete(locator)
    return Promise.resolve()
  }

  locate(name: string): Locator | undefined {
    checkBlobName(name)
    return this.capabilities.names ? locatorOfName(name) : undefined
  }

  async list({ prefix = '', signal }: ListOptions = {}): Promise<Availability<AsyncIterable<BlobInfo>>> {
    throwIfAborted(signal)
    const infos = [...this.#shelf.blobs.values()].map(({ info }) => info).filter(({ name }) => name.startsWith(prefix))
    infos.sort((one, other) => compareNames(one.name, other.name))
    return Promise.resolve({ state: 'ready', value: eachOf(infos, signal) })
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  reopen(): MemoryBackend {
    return new Memory(this.#options, this.#shelf)
  }

  #now(): Date {
    return this.#options.now?.() ?? new Date()
  }

  #terms(storedAt: Date): Pick<BlobInfo, 'lockedUntil' | 'paidUntil'> {
    const { lockDays = 0, minimumStorageDays = 0 } = this.#options
    return {
      ...(lockDays > 0 && { lockedUntil: daysAfter(storedAt, lockDays) }),
      ...(minimumStorageDays > 0 && { paidUntil: daysAfter(storedAt, minimumStorageDays) }),
    }
  }

  /** What a store without names keeps beside a blob. */
  #kept(id: Locator, record: BlobRecord | undefined): Pick<BlobInfo, 'id' | 'record'> {
    return this.capabilities.names ? {} : { id, ...(record !== undefined && { record }) }
  }

  #find(locator: Locator): { readonly info: StoredInfo; readonly content: Uint8Array } {
    this.#check(locator)
    const found = this.#shelf.blobs.get(locator)
    if (found === undefined) throw new BakthatError('NOT_FOUND', `no blob at ${locator}`)
    return found
  }

  #check(locator: Locator): void {
    if (this.capabilities.names) nameOfLocator(locator)
    else if (!/^blob-\d+$/.test(locator)) throw new BakthatError('INVALID_INPUT', `not a locator: ${locator}`)
  }

  #throwIfTaken(locator: Locator, name: string): void {
    if (this.#shelf.blobs.has(locator)) throw new BakthatError('ALREADY_EXISTS', `there is a blob named ${name}`)
  }
}

async function contentOf(bytes: Bytes): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of bytes) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** Copies: a chunk belongs to its reader, who may write into it. */
async function* chunksOf(content: Uint8Array, signal: AbortSignal | undefined): Bytes {
  for (let start = 0; start < content.length; start += chunkSize) {
    throwIfAborted(signal)
    yield await Promise.resolve(Uint8Array.from(content.subarray(start, start + chunkSize)))
  }
}

async function* eachOf(infos: readonly BlobInfo[], signal: AbortSignal | undefined): AsyncIterable<BlobInfo> {
  for (const info of infos) {
    throwIfAborted(signal)
    yield await Promise.resolve(info)
  }
}
