import { createHash } from 'node:crypto'

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
} from '@bakthat/storage'

import { FaultScript, type Fault, type FaultyMethod } from './faults.js'
import { cutAfter, hang, stallAfter, watched, withFlippedBit, withoutLastByte } from './faulty-streams.js'

/** A backend on which things go wrong as scripted. */
export interface FaultyBackend extends StorageBackend {
  /** The faults that have not happened yet: a test that ends with any of them has not tested what it says. */
  unhit(): readonly Fault[]
}

/**
 * The inner backend with scripted faults, each call taking the first fault that fits it. Without one it does what the inner
 * backend does.
 *
 * @example
 * ```ts
 * import { BakthatError } from '@bakthat/errors'
 * import { faultyBackend, memoryBackend } from '@bakthat/storage-testing'
 *
 * const error = new BakthatError('UNAVAILABLE', 'the store asked us to slow down')
 * const backend = faultyBackend(memoryBackend(), [{ method: 'remove', fault: 'reject', error, times: 2 }])
 * await backend.remove('a').catch(() => console.log('first'))
 * await backend.remove('a').catch(() => console.log('second'))
 * await backend.remove('a')
 * console.log(backend.unhit().length)
 * ```
 */
export function faultyBackend(inner: StorageBackend, faults: readonly Fault[]): FaultyBackend {
  return new Faulty(inner, new FaultScript(faults))
}

type Stored = BlobInfo & { readonly sha256: string }

class Faulty implements FaultyBackend {
  readonly scheme: string
  readonly container: string
  readonly capabilities: Capabilities
  readonly #inner: StorageBackend
  readonly #script: FaultScript

  constructor(inner: StorageBackend, script: FaultScript) {
    this.scheme = inner.scheme
    this.container = inner.container
    this.capabilities = inner.capabilities
    this.#inner = inner
    this.#script = script
  }

  put(name: string, bytes: Bytes, options?: PutOptions): Promise<Stored> {
    return this.#call('put', name, options, (fault) => this.#put(name, bytes, options, fault))
  }

  stat(locator: Locator, options?: StatOptions): Promise<Availability<BlobInfo>> {
    return this.#call('stat', locator, options, () => this.#inner.stat(locator, options))
  }

  retrieve(locator: Locator, options?: RetrieveOptions): Promise<Availability<Bytes>> {
    return this.#call('retrieve', locator, options, async (fault) => {
      const answer = await this.#inner.retrieve(locator, options)
      return answer.state === 'pending' ? answer : { ...answer, value: spoilt(answer.value, fault, options?.signal) }
    })
  }

  remove(locator: Locator, options?: CallOptions): Promise<void> {
    return this.#call('remove', locator, options, () => this.#inner.remove(locator, options))
  }

  locate(name: string): Locator | undefined {
    return this.#inner.locate(name)
  }

  list(options?: ListOptions): Promise<Availability<AsyncIterable<BlobInfo>>> {
    return this.#call('list', options?.prefix ?? '', options, async (fault) => {
      const answer = await this.#inner.list(options)
      if (answer.state === 'pending' || fault?.fault !== 'cut') return answer
      return { ...answer, value: listCut(answer.value, fault.after, fault.error) }
    })
  }

  close(): Promise<void> {
    return this.#call('close', '', undefined, () => this.#inner.close())
  }

  unhit(): readonly Fault[] {
    return this.#script.unhit()
  }

  async #call<T>(
    method: FaultyMethod,
    subject: string,
    options: CallOptions | undefined,
    call: (fault: Fault | undefined) => Promise<T>,
  ): Promise<T> {
    const fault = this.#script.take(method, subject)
    if (fault?.fault === 'reject') throw fault.error
    if (fault?.fault === 'hang') return hang(options?.signal)
    const answer = await call(fault)
    if (fault?.fault === 'lose answer') throw fault.error
    return answer
  }

  async #put(name: string, bytes: Bytes, options: PutOptions | undefined, fault: Fault | undefined): Promise<Stored> {
    throwIfAborted(options?.signal)
    const sent = createHash('sha256')
    let size = 0
    const source = watched(bytes, (chunk) => {
      sent.update(chunk)
      size += chunk.length
    })
    const stored = await this.#inner.put(name, spoilt(source, fault, options?.signal), withoutHash(options))
    const lies = fault !== undefined && 'answer' in fault && fault.answer === 'sent'
    return lies ? { ...stored, size, sha256: sent.digest('hex') } : stored
  }
}

/** That of what came is not that of what is passed on. */
function withoutHash(options: PutOptions | undefined): PutOptions {
  const others: { -readonly [Key in keyof PutOptions]: PutOptions[Key] } = { ...options }
  delete others.sha256
  return others
}

function spoilt(bytes: Bytes, fault: Fault | undefined, signal: AbortSignal | undefined): Bytes {
  switch (fault?.fault) {
    case 'cut':
      return cutAfter(bytes, fault.after, fault.error)
    case 'stall':
      return stallAfter(bytes, fault.after, signal)
    case 'drop last byte':
      return withoutLastByte(bytes)
    case 'flip bit':
      return withFlippedBit(bytes, fault.at ?? 0)
    default:
      return bytes
  }
}

async function* listCut(blobs: AsyncIterable<BlobInfo>, after: number, error: unknown): AsyncIterable<BlobInfo> {
  let left = after
  for await (const blob of blobs) {
    if (left-- === 0) throw error
    yield blob
  }
  throw error
}
