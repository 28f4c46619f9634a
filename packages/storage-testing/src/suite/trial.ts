import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'

import { isBakthatError, type ErrorCode } from '@bakthat/errors'
import type {
  Availability,
  BlobInfo,
  Bytes,
  Capabilities,
  ListOptions,
  Locator,
  PutOptions,
  RetrieveOptions,
  StorageBackend,
  Ticket,
} from '@bakthat/storage'

import { inChunks } from './sources.js'
import type { Fixture } from './subject.js'

/** One test on one empty container: the words that the cases are written in. */
export class Trial {
  readonly backend: StorageBackend
  readonly capabilities: Capabilities
  readonly fixture: Fixture
  readonly #patienceSeconds: number

  constructor(fixture: Fixture, patienceSeconds: number) {
    this.fixture = fixture
    this.backend = fixture.backend
    this.capabilities = fixture.backend.capabilities
    this.#patienceSeconds = patienceSeconds
  }

  put(name: string, content: Uint8Array, options?: PutOptions): Promise<BlobInfo & { readonly sha256: string }> {
    return this.backend.put(name, inChunks(content, 64 * 1024), options)
  }

  /** The bytes, thawed where that is needed. */
  async read(locator: Locator, options: RetrieveOptions = {}, backend = this.backend): Promise<Uint8Array> {
    return joined(await this.stream(locator, options, backend))
  }

  /** A stream of the bytes, thawed where that is needed. */
  stream(locator: Locator, options: RetrieveOptions = {}, backend = this.backend): Promise<Bytes> {
    return this.#thawed((ticket) => backend.retrieve(locator, ticket === undefined ? options : { ...options, ticket }))
  }

  /** What the store says of it, thawed where that is needed. */
  async stat(locator: Locator): Promise<BlobInfo> {
    await this.fixture.takeInventory?.()
    return this.#thawed((ticket) => this.backend.stat(locator, ticket === undefined ? {} : { ticket }))
  }

  /** A listing, thawed where that is needed. */
  async listing(options: ListOptions = {}, backend = this.backend): Promise<AsyncIterable<BlobInfo>> {
    await this.fixture.takeInventory?.()
    return this.#thawed((ticket) => backend.list(ticket === undefined ? options : { ...options, ticket }))
  }

  async list(prefix?: string, backend = this.backend): Promise<BlobInfo[]> {
    const listed: BlobInfo[] = []
    for await (const blob of await this.listing(prefix === undefined ? {} : { prefix }, backend)) listed.push(blob)
    return listed
  }

  async names(prefix?: string): Promise<string[]> {
    return (await this.list(prefix)).map(({ name }) => name)
  }

  /** Nothing is listed, nothing of that blob is to be seen, and nothing lies about in the container. */
  async assertNothing(name: string): Promise<void> {
    await this.assertUnseen(name)
    await this.assertTidy()
  }

  /** Nothing is listed, and nothing of that blob is to be seen. */
  async assertUnseen(name: string): Promise<void> {
    assert.deepEqual(await this.list(), [], 'a blob is listed that was never stored whole')
    const locator = this.backend.locate(name)
    if (locator !== undefined) await this.assertGone(locator)
  }

  /** Nothing lies about in the container that is no whole blob. */
  async assertTidy(): Promise<void> {
    assert.equal((await this.fixture.leftovers()).join(', '), '', 'something was left behind in the container')
  }

  async assertGone(locator: Locator): Promise<void> {
    await rejects(this.backend.retrieve(locator), 'NOT_FOUND')
    await rejects(this.stat(locator), 'NOT_FOUND')
  }

  /** The name is free: the same `put` works. */
  async assertFree(name: string): Promise<void> {
    const content = Buffer.from('stored at the second attempt')
    const { locator } = await this.put(name, content)
    assert.deepEqual(await this.read(locator), content)
  }

  /** What the promise comes to, unless it takes longer than anyone should wait. */
  promptly<T>(promise: Promise<T>): Promise<T> {
    const message = `no answer after ${this.#patienceSeconds} s`
    const tooLate = new Promise<never>((_, reject) => {
      AbortSignal.timeout(this.#patienceSeconds * 1000).addEventListener('abort', () => {
        reject(new assert.AssertionError({ message }))
      })
    })
    return Promise.race([promise, tooLate])
  }

  async #thawed<T>(ask: (ticket: Ticket | undefined) => Promise<Availability<T>>): Promise<T> {
    const first = await ask(undefined)
    if (first.state === 'ready') return valueOf(first)
    assertKeepable(first.ticket)
    assertMoment(first.expectedAt)
    await this.thaw()
    const second = await ask(first.ticket)
    if (second.state === 'ready') return valueOf(second)
    throw new assert.AssertionError({ message: 'still pending after thaw()' })
  }

  async thaw(): Promise<void> {
    if (this.fixture.thaw === undefined) assert.fail('a backend that answers pending needs a fixture with thaw()')
    await this.fixture.thaw()
  }
}

/** The call rejects with that code, and with an error that a user can be told. */
export async function rejects(call: Promise<unknown>, ...codes: readonly ErrorCode[]): Promise<void> {
  const error = await failureOf(call)
  assert.ok(isBakthatError(error, ...codes), `expected ${codes.join(' or ')}, got ${described(error)}`)
  assert.match(error.message, /^[^\n]{3,}[^.\n]$/su)
}

/** What the call rejects with. */
export async function failureOf(call: Promise<unknown>): Promise<unknown> {
  try {
    await call
  } catch (error) {
    return error
  }
  throw new assert.AssertionError({ message: 'expected a rejection, but the call succeeded' })
}

export async function joined(bytes: Bytes): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of bytes) chunks.push(chunk)
  return Buffer.concat(chunks)
}

export function sha256Of(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}

/** Compared without printing megabytes when they differ. */
export function sameBytes(actual: Uint8Array, expected: Uint8Array): void {
  assert.equal(actual.length, expected.length, 'the length differs')
  assert.ok(Buffer.compare(actual, expected) === 0, 'the bytes differ')
}

/** A date that is one, where one is told. */
export function assertMoment(moment: Date | undefined): void {
  assert.ok(moment === undefined || !Number.isNaN(moment.getTime()), 'a date is none')
}

/** Durable words for the caller to keep: locators and tickets. */
export function assertKeepable(value: string): void {
  assert.equal(typeof value, 'string')
  assert.match(value, /^[^\p{C}\p{Zl}\p{Zp}]{1,4096}$/u)
}

function valueOf<T>({ value, expiresAt }: Availability<T> & { readonly state: 'ready' }): T {
  assertMoment(expiresAt)
  return value
}

function described(error: unknown): string {
  if (isBakthatError(error)) return `${error.code}: ${error.message}`
  return String(error)
}
