import { chmod, chown, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'

import { collect, type BlobInfo, type Bytes, type StorageBackend } from '@bakthat/storage'

/** A temporary directory that an ordinary user may write, gone at the end of the block. */
export class Place implements AsyncDisposable {
  readonly path: string

  private constructor(path: string) {
    this.path = path
  }

  static async make(): Promise<Place> {
    const path = await mkdtemp(join(tmpdir(), 'bakthat-local-'))
    await chmod(path, 0o755)
    if (process.getuid?.() === 0) await chown(path, 65_534, 65_534)
    return new Place(path)
  }

  in(...names: readonly string[]): string {
    return join(this.path, ...names)
  }

  /** Every file in it that `put` works with, below any directory. */
  async leftovers(): Promise<string[]> {
    const found = await readdir(this.path, { recursive: true })
    return found.filter((path) => /\.(partial|claim)$/.test(basename(path)))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true })
  }
}

export async function namesIn(backend: StorageBackend): Promise<string[]> {
  const answer = await backend.list()
  if (answer.state === 'pending') throw new Error('pending')
  const blobs: BlobInfo[] = []
  for await (const blob of answer.value) blobs.push(blob)
  return blobs.map(({ name }) => name)
}

export async function read(backend: StorageBackend, name: string): Promise<Buffer> {
  return Buffer.from(await collect(await bytesOf(backend, name), Infinity))
}

export async function bytesOf(backend: StorageBackend, name: string): Promise<Bytes> {
  const answer = await backend.retrieve(backend.locate(name)!)
  if (answer.state === 'pending') throw new Error('pending')
  return answer.value
}

/** So many mebibytes, in chunks of one. */
export async function* mebibytes(count: number): Bytes {
  for (let index = 0; index < count; index++) yield await Promise.resolve(Buffer.alloc(1024 * 1024, index))
}
