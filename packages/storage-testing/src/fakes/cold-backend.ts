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
  type RetrievalTier,
  type RetrieveOptions,
  type StatOptions,
  type StorageBackend,
  type Ticket,
} from '@bakthat/storage'

export interface ColdBackendOptions {
  /** Whether listings, and with them `stat`, take a job too, as a vault's inventory does. Default `immediate`. */
  readonly listing?: 'immediate' | 'deferred'
  /** Hours until what was asked for is ready: the same for all tiers, or for each. Default 1, 5 and 12. */
  readonly thawHours?: number | Readonly<Record<RetrievalTier, number>>
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
  readonly ticket: Ticket
  readyAt: number
  expiresAt: number
}

interface Freezer {
  readonly jobs: Map<Ticket, Job>
  /** Blobs that never sleep. */
  readonly warm: Set<Locator>
}

/** How something is asked for. */
interface Terms {
  readonly ticket?: Ticket | undefined
  readonly tier?: RetrievalTier | undefined
  /** For how many days a copy is kept. */
  readonly days?: number | undefined
  /** Whether a job may be begun. */
  readonly begin?: boolean | undefined
}

const hour = 3_600_000
const usualHours: Readonly<Record<RetrievalTier, number>> = { expedited: 1, standard: 5, bulk: 12 }

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
    return this.#whenThawed(JSON.stringify(['stat', locator]), { ticket }, blob)
  }

  async retrieve(
    locator: Locator,
    { ticket, tier, days, begin, ...options }: RetrieveOptions = {},
  ): Promise<Availability<Bytes>> {
    const bytes = await this.#inner.retrieve(locator, options)
    if (this.#freezer.warm.has(locator)) return bytes
    const terms = { ticket, tier, days, begin }
    return this.#whenThawed(JSON.stringify(['retrieve', locator, options.range]), terms, bytes)
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
    return this.#whenThawed(JSON.stringify(['list', options.prefix]), { ticket }, blobs)
  }

  close(): Promise<void> {
    return this.#inner.close()
  }

  thaw(): void {
    const now = this.#now()
    for (const job of this.#freezer.jobs.values()) {
      if (job.readyAt <= now) continue
      job.expiresAt -= job.readyAt - now
      job.readyAt = now
    }
  }

  begun(): number {
    return this.#freezer.jobs.size
  }

  reopen(inner: StorageBackend = this.#inner): ColdBackend {
    return new Cold(inner, this.#options, this.#freezer)
  }

  #whenThawed<T>(subject: string, terms: Terms, answer: Availability<T>): Availability<T> {
    if (answer.state === 'pending') return answer
    const now = this.#now()
    const asked = this.#asked(subject, terms)
    if (asked === undefined || asked.expiresAt <= now) return pending(this.#begin(subject, terms, now))
    if (asked.readyAt <= now) return { ...answer, expiresAt: new Date(asked.expiresAt) }
    const { tier, begin = true } = terms
    const isHastened = begin && tier !== undefined && this.#readyAt(tier, now) < asked.readyAt
    return pending(isHastened ? this.#begin(subject, terms, now) : asked)
  }

  /** The job of the ticket; without one, and where none may be begun, whichever is under way for the same thing. */
  #asked(subject: string, { ticket, begin = true }: Terms): Job | undefined {
    const asked = this.#freezer.jobs.get(ticket ?? '')
    if (asked !== undefined && asked.subject !== subject) {
      throw new BakthatError('INVALID_INPUT', `the ticket ${ticket ?? ''} is for something else`)
    }
    if (asked !== undefined || begin) return asked
    return [...this.#freezer.jobs.values()].findLast((job) => job.subject === subject)
  }

  #begin(subject: string, { tier = 'standard', days, begin = true }: Terms, now: number): Job {
    if (!begin) throw new BakthatError('COLD', 'the blob is in cold storage, and nobody has asked for it')
    const { keepHours = 24 } = this.#options
    const ticket = `thaw-${this.#freezer.jobs.size + 1}`
    const readyAt = this.#readyAt(tier, now)
    const job = { subject, ticket, readyAt, expiresAt: readyAt + (days === undefined ? keepHours : days * 24) * hour }
    this.#freezer.jobs.set(ticket, job)
    return job
  }

  #readyAt(tier: RetrievalTier, now: number): number {
    const { thawHours = usualHours } = this.#options
    return now + (typeof thawHours === 'number' ? thawHours : thawHours[tier]) * hour
  }

  #now(): number {
    return (this.#options.now?.() ?? new Date()).getTime()
  }
}

function pending({ ticket, readyAt }: Job): Availability<never> {
  return { state: 'pending', ticket, expectedAt: new Date(readyAt) }
}
