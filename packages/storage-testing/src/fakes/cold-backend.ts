import { BakthatError } from '@bakthat/errors'
import {
  throwIfAborted,
  type Availability,
  type BlobInfo,
  type Bytes,
  type CallOptions,
  type Capabilities,
  type ListOptions,
  type Locator,
  type PutOptions,
  type RetrieveOptions,
  type StatOptions,
  type StorageBackend,
  type Ticket,
} from '@bakthat/storage'

export interface ColdBackendOptions {
  /** Whether listings, and with them `stat`, take a job too, as a vault's inventory does. Default `immediate`. */
  readonly listing?: 'immediate' | 'deferred'
  /** Hours until what was asked for is ready. Default 5. */
  readonly thawHours?: number
  /** Hours that it stays ready. Default 24. */
  readonly keepHours?: number
  /** Default: the system's clock. */
  readonly now?: () => Date
}

/** A backend whose archives sleep. */
export interface ColdBackend extends StorageBackend {
  /** Makes everything that was asked for so far ready, as if the hours had passed. */
  thaw(): void
  /** How many retrievals and listings were begun: what a store would charge for. Asking with a ticket begins none. */
  begun(): number
  /** Another backend on the same freezer, as another process would open one; `inner` reopened, where that matters. */
  reopen(inner?: StorageBackend): ColdBackend
}

/**
 * The inner backend, with deferred retrieval: `retrieve` gives a ticket until `thaw` is called or the clock has come to
 * `expectedAt`, and again once the thawed copy has expired. Blobs put as `metadata` stay readable at once, where the
 * inner backend has names.
 */
export function coldBackend(inner: StorageBackend, options: ColdBackendOptions = {}): ColdBackend {
  return new Cold(inner, options, { jobs: new Map(), warm: new Set() })
}

interface Job {
  readonly subject: string
  readyAt: number
  expiresAt: number
}

interface Freezer {
  readonly jobs: Map<Ticket, Job>
  /** Blobs that never sleep. */
  readonly warm: Set<Locator>
}

const hour = 3_600_000

class Cold implements ColdBackend {
  readonly scheme: string
  readonly container: string
  readonly capabilities: Capabilities
  readonly #inner: StorageBackend
  readonly #options: ColdBackendOptions
  readonly #freezer: Freezer

  constructor(inner: StorageBackend, options: ColdBackendOptions, freezer: Freezer) {
    this.scheme = inner.scheme
    this.container = inner.container
    this.capabilities = { ...inner.capabilities, retrieval: 'deferred', listing: options.listing ?? 'immediate' }
    this.#inner = inner
    this.#options = options
    this.#freezer = freezer
  }

  async put(name: string, bytes: Bytes, options?: PutOptions): Promise<BlobInfo & { readonly sha256: string }> {
    const blob = await this.#inner.put(name, bytes, options)
    if (options?.purpose === 'metadata' && this.capabilities.names) this.#freezer.warm.add(blob.locator)
    return blob
  }

  async stat(locator: Locator, { ticket, ...options }: StatOptions = {}): Promise<Availability<BlobInfo>> {
    const blob = await this.#inner.stat(locator, options)
    if (this.capabilities.listing === 'immediate') return blob
    return this.#whenThawed(JSON.stringify(['stat', locator]), ticket, blob)
  }

  async retrieve(locator: Locator, { ticket, ...options }: RetrieveOptions = {}): Promise<Availability<Bytes>> {
    const bytes = await this.#inner.retrieve(locator, options)
    if (this.#freezer.warm.has(locator)) return bytes
    return this.#whenThawed(JSON.stringify(['retrieve', locator, options.range]), ticket, bytes)
  }

  async remove(locator: Locator, options?: CallOptions): Promise<void> {
    await this.#inner.remove(locator, options)
    this.#freezer.warm.delete(locator)
  }

  locate(name: string): Locator | undefined {
    return this.#inner.locate(name)
  }

  async list({ ticket, ...options }: ListOptions = {}): Promise<Availability<AsyncIterable<BlobInfo>>> {
    throwIfAborted(options.signal)
    const blobs = await this.#inner.list(options)
    if (this.capabilities.listing === 'immediate') return blobs
    return this.#whenThawed(JSON.stringify(['list', options.prefix]), ticket, blobs)
  }

  close(): Promise<void> {
    return this.#inner.close()
  }

  thaw(): void {
    const now = this.#now()
    for (const job of this.#freezer.jobs.values()) {
      if (job.readyAt <= now) continue
      job.readyAt = now
      job.expiresAt = now + this.#keptFor()
    }
  }

  begun(): number {
    return this.#freezer.jobs.size
  }

  reopen(inner: StorageBackend = this.#inner): ColdBackend {
    return new Cold(inner, this.#options, this.#freezer)
  }

  #whenThawed<T>(subject: string, ticket: Ticket | undefined, answer: Availability<T>): Availability<T> {
    if (answer.state === 'pending') return answer
    const now = this.#now()
    const asked = this.#freezer.jobs.get(ticket ?? '')
    if (asked !== undefined && asked.subject !== subject) {
      throw new BakthatError('INVALID_INPUT', `the ticket ${ticket ?? ''} is for something else`)
    }
    if (asked === undefined || asked.expiresAt <= now) return this.#begin(subject, now)
    if (asked.readyAt <= now) return { ...answer, expiresAt: new Date(asked.expiresAt) }
    return { state: 'pending', ticket: ticket ?? '', expectedAt: new Date(asked.readyAt) }
  }

  #begin(subject: string, now: number): Availability<never> {
    const ticket = `thaw-${this.#freezer.jobs.size + 1}`
    const readyAt = now + (this.#options.thawHours ?? 5) * hour
    this.#freezer.jobs.set(ticket, { subject, readyAt, expiresAt: readyAt + this.#keptFor() })
    return { state: 'pending', ticket, expectedAt: new Date(readyAt) }
  }

  #keptFor(): number {
    return (this.#options.keepHours ?? 24) * hour
  }

  #now(): number {
    return (this.#options.now?.() ?? new Date()).getTime()
  }
}
