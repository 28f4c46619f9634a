import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openCatalog, type Catalog } from '@bakthat/catalog'
import type { DestinationContext } from '@bakthat/core'
import { BakthatError } from '@bakthat/errors'
import { collect, type StorageBackend } from '@bakthat/storage'
import { memoryBackend } from '@bakthat/storage-testing'

export const begun = new Date('2026-03-18T12:00:00.250Z')

/** An engine on a backend in memory and a catalog of its own, with a clock that stands still. */
export interface TestEngine extends DestinationContext, AsyncDisposable {
  /** A private directory, removed at the end. */
  readonly directory: string
  readonly catalog: Catalog
}

export async function testEngine(overrides: Partial<DestinationContext> = {}): Promise<TestEngine> {
  const directory = await mkdtemp(join(tmpdir(), 'bakthat-core-'))
  const catalog = openCatalog({ path: ':memory:', now: () => begun })
  return {
    directory,
    catalog,
    backend: memoryBackend(),
    now: () => begun,
    host: 'tests',
    pid: 4242,
    isAlive: () => true,
    pause: () => Promise.reject(new Error('nothing is waited for here')),
    ...overrides,
    [Symbol.asyncDispose]: async () => {
      catalog.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** A backend that does what another does, but for some methods. */
export function altered(inner: StorageBackend, methods: Partial<StorageBackend>): StorageBackend {
  return new Proxy(inner, {
    get(target, key) {
      const value: unknown = Reflect.get(key in methods ? methods : target, key)
      return typeof value === 'function' && !(key in methods) ? (value.bind(target) as unknown) : value
    },
  })
}

/** A backend from which another host removes each archive that somebody reads, after its first bytes. */
export function removedWhileRead(inner: StorageBackend): StorageBackend {
  return altered(inner, {
    retrieve: async (locator, options) => {
      const answer = await inner.retrieve(locator, options)
      if (answer.state === 'pending' || locator.startsWith('.bakthat/')) return answer
      return { ...answer, value: ending(answer.value) }
    },
  })

  async function* ending(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes) {
      yield chunk.subarray(0, 10)
      break
    }
    throw new BakthatError('NOT_FOUND', 'the archive is not there')
  }
}

/** The same backend, which tells how many blobs were being removed at the same time at most. */
export function countingRemovals(inner: StorageBackend): {
  readonly backend: StorageBackend
  readonly most: () => number
} {
  let [now, most] = [0, 0]
  const remove: StorageBackend['remove'] = async (...args) => {
    most = Math.max(most, ++now)
    await inner.remove(...args)
    now -= 1
  }
  return { backend: altered(inner, { remove }), most: () => most }
}

/** A small tree with a bit of everything. */
export async function makeTree(path: string): Promise<string> {
  await mkdir(join(path, 'sub', 'empty'), { recursive: true })
  await writeFile(join(path, 'hello.txt'), 'hello\n')
  await writeFile(join(path, 'sub', 'noise.bin'), Buffer.alloc(300_000, 'abcdefg'))
  await writeFile(join(path, 'sub', 'nothing'), '')
  await symlink('../hello.txt', join(path, 'sub', 'link'))
  await chmod(join(path, 'hello.txt'), 0o640)
  return path
}

/** What a tree holds, in a form that compares: path, kind, mode and contents. */
export async function describeTree(root: string, path = ''): Promise<string[]> {
  const full = join(root, path)
  const stats = await lstat(full)
  const mode = (stats.mode & 0o7777).toString(8)
  if (stats.isSymbolicLink()) return [`${path} -> ${await readlink(full)}`]
  if (stats.isFile()) return [`${path} ${mode} ${(await readFile(full)).toString('base64')}`]
  const children = (await readdir(full)).sort()
  const below = await Promise.all(children.map((child) => describeTree(root, join(path, child))))
  return [`${path}/ ${mode}`, ...below.flat()]
}

export async function storedNames(backend: StorageBackend): Promise<string[]> {
  const answer = await backend.list()
  if (answer.state === 'pending') throw new Error('the listing is pending')
  const names: string[] = []
  for await (const { name } of answer.value) names.push(name)
  return names
}

export async function storedBytes(backend: StorageBackend, name: string): Promise<Uint8Array> {
  const answer = await backend.retrieve(backend.locate(name)!)
  if (answer.state === 'pending') throw new Error('the blob is pending')
  return collect(answer.value, 64 << 20)
}
