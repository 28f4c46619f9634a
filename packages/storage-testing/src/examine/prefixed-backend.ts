import type {
  Availability,
  BlobInfo,
  Bytes,
  CallOptions,
  Capabilities,
  ListOptions,
  Locator,
  PutOptions,
  RetrieveOptions,
  StatOptions,
  StorageBackend,
} from '@bakthat/storage'

/** The blobs of a backend whose names begin with a prefix, as a backend that knows no others. Closing it closes nothing. */
export function prefixedBackend(inner: StorageBackend, prefix: string): StorageBackend {
  return new Prefixed(inner, prefix)
}

class Prefixed implements StorageBackend {
  readonly scheme: string
  readonly container: string
  readonly capabilities: Capabilities
  readonly #inner: StorageBackend
  readonly #prefix: string

  constructor(inner: StorageBackend, prefix: string) {
    this.scheme = inner.scheme
    this.container = inner.container
    this.capabilities = inner.capabilities
    this.#inner = inner
    this.#prefix = prefix
  }

  async put(name: string, bytes: Bytes, options?: PutOptions): Promise<BlobInfo & { readonly sha256: string }> {
    return this.#shortened(await this.#inner.put(this.#prefix + name, bytes, options))
  }

  async stat(locator: Locator, options?: StatOptions): Promise<Availability<BlobInfo>> {
    const answer = await this.#inner.stat(locator, options)
    return answer.state === 'pending' ? answer : { ...answer, value: this.#shortened(answer.value) }
  }

  retrieve(locator: Locator, options?: RetrieveOptions): Promise<Availability<Bytes>> {
    return this.#inner.retrieve(locator, options)
  }

  remove(locator: Locator, options?: CallOptions): Promise<void> {
    return this.#inner.remove(locator, options)
  }

  locate(name: string): Locator | undefined {
    return this.#inner.locate(this.#prefix + name)
  }

  async list({ prefix = '', ...options }: ListOptions = {}): Promise<Availability<AsyncIterable<BlobInfo>>> {
    const answer = await this.#inner.list({ ...options, prefix: this.#prefix + prefix })
    return answer.state === 'pending' ? answer : { ...answer, value: this.#allShortened(answer.value) }
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  #shortened<T extends BlobInfo>(blob: T): T {
    return { ...blob, name: blob.name.slice(this.#prefix.length) }
  }

  async *#allShortened(blobs: AsyncIterable<BlobInfo>): AsyncIterable<BlobInfo> {
    for await (const blob of blobs) yield this.#shortened(blob)
  }
}
