import {
  collect,
  type BlobInfo,
  type ByHand,
  type Bytes,
  type Diagnosis,
  type Leftovers,
  type ListOptions,
  type SignedLinks,
  type StorageBackend,
} from '@bakthat/storage'
import { describeStorageBackend, memoryBackend, type Fixture } from '@bakthat/storage-testing'

type Create = () => Promise<Fixture> | Fixture

/** The tests that the suite tells its runner, to be run one by one. */
function testsOf(create: Create, patienceSeconds: number): readonly { title: string; body: () => Promise<void> }[] {
  const tests: { title: string; body: () => Promise<void> }[] = []
  const runner = {
    describe: (_: string, body: () => void) => {
      body()
    },
    it: (title: string, body: () => Promise<void>) => tests.push({ title, body }),
  }
  describeStorageBackend('subject', runner, { create: async () => Promise.resolve(create()), patienceSeconds })
  return tests
}

/** Of the tests of that title, those that fail. */
export async function failuresOf(create: Create, only?: string): Promise<string[]> {
  const failed: string[] = []
  for (const { title, body } of testsOf(create, only === undefined ? 10 : 0.3)) {
    if (only === undefined || only === title) await body().catch(() => failed.push(title))
  }
  return failed
}

export type Fault = (inner: StorageBackend) => Partial<StorageBackend & ByHand & SignedLinks & Leftovers & Diagnosis>

export function fixture(fault: Fault, inner = memoryBackend(), leftovers: readonly string[] = []): Fixture {
  return {
    backend: broken(inner, fault),
    reopen: () => Promise.resolve(broken(inner.reopen(), fault)),
    leftovers: () => Promise.resolve(leftovers),
    dispose: () => Promise.resolve(),
  }
}

export function broken(inner: StorageBackend, fault: Fault): StorageBackend {
  return {
    scheme: inner.scheme,
    container: inner.container,
    capabilities: inner.capabilities,
    put: (...call) => inner.put(...call),
    stat: (...call) => inner.stat(...call),
    retrieve: (...call) => inner.retrieve(...call),
    remove: (...call) => inner.remove(...call),
    locate: (name) => inner.locate(name),
    list: (...call) => inner.list(...call),
    close: () => inner.close(),
    ...fault(inner),
  }
}

export async function ready<T>(answer: Promise<{ state: string; value?: T }>): Promise<T> {
  return (await answer).value!
}

export async function listed(backend: StorageBackend, options?: ListOptions): Promise<BlobInfo[]> {
  const blobs: BlobInfo[] = []
  for await (const blob of await ready(backend.list(options))) blobs.push(blob)
  return blobs
}

export async function* chunked(bytes: Bytes, change: (chunk: Uint8Array) => Uint8Array): Bytes {
  for await (const chunk of bytes) yield change(chunk)
}

export const whole = (bytes: Bytes): Promise<Uint8Array> => collect(bytes, Infinity)

export async function* inOrder<T>(items: readonly T[]): AsyncIterable<T> {
  for (const item of items) yield await Promise.resolve(item)
}
