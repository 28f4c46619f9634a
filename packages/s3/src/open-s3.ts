import {
  throwIfAborted,
  type Availability,
  type BlobInfo,
  type ByHand,
  type Bytes,
  type CallOptions,
  type Capabilities,
  type DiagnoseOptions,
  type Diagnosis,
  type Finding,
  type Leftover,
  type Leftovers,
  type LinkOptions,
  type ListOptions,
  type Locator,
  type PutOptions,
  type Registered,
  type Registers,
  type ReplaceOptions,
  type RetrieveOptions,
  type SignedLink,
  type SignedLinks,
  type StatOptions,
  type StorageBackend,
} from '@bakthat/storage'

import { fetchLine, listLine, thawLine } from './by-hand.js'
import { Connection } from './connection.js'
import { containerOf } from './container.js'
import { diagnose } from './diagnose.js'
import { headOf } from './heads.js'
import { checkPrefix, locatorOf, placeOfLocator, placeOfName } from './keys.js'
import { signedLink } from './link.js'
import { listBlobs } from './listing.js'
import type { S3Options } from './options.js'
import { eraseRegister, inBucket, readRegister, writeRegister, type Registry } from './registers.js'
import { removeBlob } from './removal.js'
import { retrieval } from './retrieval.js'
import { coldClasses, keeping, minimumDaysOf } from './storage-classes.js'
import { abortUpload, keyAndUploadOf, leftoverOf, unfinishedUploads } from './unfinished-uploads.js'
import { upload } from './upload.js'

/** A bucket as a backend, with all talents that backends can have. */
export type S3Backend = StorageBackend & ByHand & SignedLinks & Leftovers & Diagnosis & Registers

/**
 * A bucket, or what lies under a prefix of it, as a backend. Opening makes no request and loads no SDK; a bucket that is
 * not there is found out by the first `put`, and never made: `createBucket` does that. Throws `INVALID_CONFIG` for a
 * prefix that keys cannot begin with, and for an endpoint that is no address.
 */
export function openS3(options: S3Options): S3Backend {
  checkPrefix(options.prefix ?? '')
  return new Bucket(options)
}

class Bucket implements S3Backend {
  readonly scheme = 's3'
  readonly container: string
  readonly capabilities: Capabilities
  readonly #options: S3Options
  readonly #prefix: string
  readonly #connection: Connection

  constructor(options: S3Options) {
    const { storageClass = 'STANDARD', prefix = '' } = options
    this.#options = options
    this.#prefix = prefix
    this.#connection = new Connection(options)
    this.container = containerOf(options)
    this.capabilities = {
      retrieval: coldClasses.includes(storageClass) ? 'deferred' : 'immediate',
      listing: 'immediate',
      ranges: true,
      names: true,
      minimumStorageDays: minimumDaysOf(this.#connection.traits, storageClass),
      confirmation: this.#connection.traits.checksums ? 'bytes' : 'size',
    }
  }

  async put(name: string, bytes: Bytes, options: PutOptions = {}): Promise<BlobInfo & { readonly sha256: string }> {
    throwIfAborted(options.signal)
    const place = placeOfName(this.#prefix, name)
    const { versionId, ...stored } = await upload(this.#connection, this.#options, place, bytes, options)
    return { name, locator: locatorOf(versionId === undefined ? place : { ...place, versionId }), ...stored }
  }

  async stat(locator: Locator, { signal }: StatOptions = {}): Promise<Availability<BlobInfo>> {
    throwIfAborted(signal)
    const place = placeOfLocator(this.#prefix, locator)
    const head = await headOf(this.#connection, place, signal)
    const { ContentLength: size = 0 } = head
    return { state: 'ready', value: { name: place.name, locator, size, ...keeping(this.#connection.traits, head) } }
  }

  retrieve(locator: Locator, options: RetrieveOptions = {}): Promise<Availability<Bytes>> {
    return retrieval(this.#connection, this.#options, locator, options)
  }

  async remove(locator: Locator, { signal }: CallOptions = {}): Promise<void> {
    throwIfAborted(signal)
    await removeBlob(this.#connection, this.#prefix, placeOfLocator(this.#prefix, locator), signal)
  }

  locate(name: string): Locator {
    return locatorOf(placeOfName(this.#prefix, name))
  }

  async list({ prefix = '', signal }: ListOptions = {}): Promise<Availability<AsyncIterable<BlobInfo>>> {
    throwIfAborted(signal)
    return Promise.resolve({ state: 'ready', value: listBlobs(this.#connection, this.#prefix, prefix, signal) })
  }

  listByHand(): string {
    return listLine(this.#connection, this.#options)
  }

  fetchByHand(locator: Locator): string {
    return fetchLine(this.#connection, this.#options, placeOfLocator(this.#prefix, locator))
  }

  thawByHand(locator: Locator): string {
    return thawLine(this.#connection, this.#options, placeOfLocator(this.#prefix, locator))
  }

  link(locator: Locator, options: LinkOptions): Promise<SignedLink> {
    return signedLink(this.#connection, this.#options, placeOfLocator(this.#prefix, locator), options)
  }

  async *leftovers({ signal }: CallOptions = {}): AsyncIterable<Leftover> {
    throwIfAborted(signal)
    for await (const upload of unfinishedUploads(this.#connection, this.#prefix, '', signal)) {
      const leftover = await leftoverOf(this.#connection, upload, signal)
      if (leftover !== undefined) yield leftover
    }
  }

  async removeLeftover(id: string, { signal }: CallOptions = {}): Promise<void> {
    throwIfAborted(signal)
    const { key, uploadId } = keyAndUploadOf(this.#prefix, id)
    await abortUpload(this.#connection, key, uploadId, signal)
  }

  diagnose(options: DiagnoseOptions): AsyncIterable<Finding> {
    return diagnose(this.#connection, this.#options, options)
  }

  async read(name: string, options: CallOptions = {}): Promise<Registered> {
    return inBucket(readRegister(this.#registry(), placeOfName(this.#prefix, name), options))
  }

  async write(name: string, bytes: Uint8Array, options: ReplaceOptions = {}): Promise<{ readonly etag: string }> {
    return inBucket(writeRegister(this.#registry(), placeOfName(this.#prefix, name), bytes, options))
  }

  async erase(name: string, options: ReplaceOptions = {}): Promise<void> {
    await inBucket(eraseRegister(this.#registry(), placeOfName(this.#prefix, name), options))
  }

  close(): Promise<void> {
    return this.#connection.close()
  }

  #registry(): Registry {
    return { connection: this.#connection, options: this.#options }
  }
}
