import { createHash, type Hash } from 'node:crypto'
import { constants } from 'node:fs'
import { open, rm, type FileHandle } from 'node:fs/promises'

import { BakthatError } from '@bakthat/errors'
import type { Bytes } from '@bakthat/storage'

import { batchesOf, batchSize } from './batches.js'
import { told } from './failures.js'
import { partialPath } from './leftovers.js'

export interface Written {
  readonly size: number
  readonly sha256: string
  readonly storedAt: Date
}

/** A blob on its way in: a hidden file beside the place where it will be. */
export class PartialFile {
  readonly path: string
  readonly #file: FileHandle
  readonly #hash: Hash = createHash('sha256')
  readonly #readBack = Buffer.allocUnsafeSlow(batchSize)
  #size = 0
  #writing: Promise<void> = Promise.resolve()

  private constructor(path: string, file: FileHandle) {
    this.path = path
    this.#file = file
  }

  static async create(blobPath: string): Promise<PartialFile> {
    const path = partialPath(blobPath)
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
    return new PartialFile(path, await told(path, () => open(path, flags, 0o600)))
  }

  /**
   * Writes everything and makes it durable. One batch is being written while the next is gathered; each is read back and
   * compared, so that the answer's hash is of what the file holds. An error of `bytes` comes out as it is.
   */
  async fill(bytes: Bytes): Promise<Written> {
    for await (const batch of batchesOf(bytes)) {
      await this.#writing
      this.#writing = told(this.path, () => this.#append(batch))
      this.#writing.catch(() => undefined)
    }
    await this.#writing
    return told(this.path, () => this.#finish())
  }

  /** Removes the file and closes it, at any stage: even one whose close fails, as over a quota, is removed. */
  async discard(): Promise<void> {
    await this.#writing.catch(() => undefined)
    try {
      await this.#file.close()
    } finally {
      await rm(this.path, { force: true })
    }
  }

  async #finish(): Promise<Written> {
    await this.#file.sync()
    const { size, mtime } = await this.#file.stat()
    if (size !== this.#size) throw this.#damage()
    await this.#file.close()
    return { size, sha256: this.#hash.digest('hex'), storedAt: mtime }
  }

  async #append(batch: readonly Uint8Array[]): Promise<void> {
    const length = batch.reduce((sum, { length }) => sum + length, 0)
    const { bytesWritten } = await this.#file.writev(batch as Uint8Array[], this.#size)
    if (bytesWritten < length) await this.#appendRest(Buffer.concat(batch), bytesWritten)
    const held = this.#readBack.subarray(0, length)
    await this.#read(held)
    let start = 0
    for (const chunk of batch) {
      if (!held.subarray(start, start + chunk.length).equals(chunk)) throw this.#damage()
      start += chunk.length
    }
    this.#hash.update(held)
    this.#size += length
  }

  /** A write may take less than it was given, as the one that fills a disk does; the next one says why. */
  async #appendRest(bytes: Buffer, written: number): Promise<void> {
    for (let start = written; start < bytes.length;) {
      const { bytesWritten } = await this.#file.write(bytes, start, bytes.length - start, this.#size + start)
      start += bytesWritten
    }
  }

  async #read(target: Buffer): Promise<void> {
    for (let start = 0; start < target.length;) {
      const { bytesRead } = await this.#file.read(target, start, target.length - start, this.#size + start)
      if (bytesRead === 0) throw this.#damage()
      start += bytesRead
    }
  }

  #damage(): BakthatError {
    return new BakthatError('INTEGRITY', `${this.path} does not hold what was written into it`, {
      hint: 'check the disk and the memory of this machine',
    })
  }
}
