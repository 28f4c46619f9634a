import { chmod, chown, mkdtemp, open, readdir, rm, type FileHandle } from 'node:fs/promises'
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

/** How a disk is unlike others, or watched. */
export interface Disk {
  /** Before a file, or the names in a directory, are made durable. */
  readonly beforeSync?: (isDirectory: boolean) => void
  /** What it keeps of the bytes that it is given. */
  readonly kept?: (bytes: Uint8Array) => Uint8Array
}

/** Does something while all files of this process lie on such a disk. */
export async function onDisk<T>(
  { beforeSync = () => undefined, kept = (bytes) => bytes }: Disk,
  act: () => Promise<T>,
): Promise<T> {
  await using file = await open('/dev/null')
  const files = Object.getPrototypeOf(file) as object
  const before = Object.getOwnPropertyDescriptors(files) as Record<'sync' | 'writev', PropertyDescriptor>
  Object.assign(files, {
    async sync(this: FileHandle) {
      beforeSync((await this.stat()).isDirectory())
      await (before.sync.value as FileHandle['sync']).call(this)
    },
    writev(this: FileHandle, batch: readonly Uint8Array[], position?: number) {
      return (before.writev.value as FileHandle['writev']).call(this, batch.map(kept), position)
    },
  })
  try {
    return await act()
  } finally {
    Object.defineProperties(files, { sync: before.sync, writev: before.writev })
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
