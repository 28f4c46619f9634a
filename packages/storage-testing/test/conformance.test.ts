import { describe, it } from '@jest/globals'
import {
  coldBackend,
  describeStorageBackend,
  faultyBackend,
  memoryBackend,
  type Fixture,
  type MemoryBackendOptions,
} from '@bakthat/storage-testing'

const nothing = (): Promise<readonly string[]> => Promise.resolve([])

function inMemory(options?: MemoryBackendOptions): Promise<Fixture> {
  const backend = memoryBackend(options)
  return Promise.resolve({
    backend,
    reopen: () => Promise.resolve(backend.reopen()),
    leftovers: nothing,
    dispose: () => backend.close(),
  })
}

function cold(inner: MemoryBackendOptions, listing: 'immediate' | 'deferred'): Promise<Fixture> {
  let now = Date.parse('2026-03-18T12:00:00Z')
  const backend = coldBackend(memoryBackend(inner), { listing, now: () => new Date(now) })
  return Promise.resolve({
    backend,
    reopen: () => Promise.resolve(backend.reopen()),
    thaw: () =>
      Promise.resolve().then(() => {
        backend.thaw()
      }),
    lapse: () =>
      Promise.resolve().then(() => {
        now += 25 * 3_600_000
      }),
    leftovers: nothing,
    dispose: () => backend.close(),
  })
}

function faulty(): Promise<Fixture> {
  const inner = memoryBackend()
  return Promise.resolve({
    backend: faultyBackend(inner, []),
    reopen: () => Promise.resolve(faultyBackend(inner.reopen(), [])),
    leftovers: nothing,
    dispose: () => inner.close(),
  })
}

const runner = { describe, it }

describeStorageBackend('a backend in memory', runner, { create: () => inMemory() })
describeStorageBackend('a backend of a scheme with marks', runner, { create: () => inMemory({ scheme: 'sftp+v2.0' }) })
describeStorageBackend('a backend in memory without ranges', runner, { create: () => inMemory({ ranges: false }) })
describeStorageBackend('a backend in memory without names', runner, { create: () => inMemory({ names: false }) })
describeStorageBackend('a cold backend', runner, { create: () => cold({}, 'immediate') })
describeStorageBackend('a vault', runner, {
  create: () => cold({ names: false, ranges: false, minimumStorageDays: 90 }, 'deferred'),
})
describeStorageBackend('a faulty backend without a fault', runner, { create: faulty })
