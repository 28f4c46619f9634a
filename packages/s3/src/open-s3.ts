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
  type Registered,
  type Registers,
  type ReplaceOptions,
  type RetrieveOptions,
  type StatOptions,
  type StorageBackend,
} from '@bakthat/storage'

import { coldClasses, expectationOf, thaw, ticketFor, warmthOf } from './cold.js'
import { Connection } from './connection.js'
import { containerOf } from './container.js'
import { download } from './download.js'
import { headOf } from './heads.js'
import { addressOf, checkPrefix, locatorOf, placeOfLocator, placeOfName } from './keys.js'
import { listBlobs } from './listing.js'
import type { S3Options } from './options.js'
import { rangeWithin } from './range.js'
import { eraseRegister, readRegister, writeRegister, type Registry } from './registers.js'
import { removeBlob } from './removal.js'
import { upload } from './upload.js'

/**
 * A bucket, or what lies under a prefix of it, as a backend. Opening makes no request and loads no SDK; a bucket that is
 * not there is found out by the first `put`, and never made: `createBucket` does that. Throws `INVALID_CONFIG` for a
 * prefix that keys cannot begin with.
 */
export function openS3(options: S3Options): StorageBackend {
  checkPrefix(options.prefix ?? '')
  return new S3Backend(options)
}

/** Days that S3 charges for at least. */
const minimumDays: Readonly<Record<string, number>> = {
  STANDARD_IA: 30,
  ONEZONE_IA: 30,
  GLACIER_IR: 90,
  GLACIER: 90,
  DEEP_ARCHIVE: 180,
}

class S3Backend implements StorageBackend, Registers {
  readonly scheme = 's3'
  readonly container: string
  readonly capabilities: Capabilities
  readonly #options: S3Options
  readonly #prefix: string
  readonly #connection: Connection

  constructor(options: S3Options) {
    const { storageClass = 'STANDARD', prefix = '' } = options
    this.container = containerOf(options)
    this.capabilities = {
      retrieval: coldClasses.includes(storageClass) ? 'deferred' : 'immediate',
      listing: 'immediate',
      ranges: true,
      names: true,
      minimumStorageDays: minimumDays[storageClass] ?? 0,
    }
    this.#options = options
    this.#prefix = prefix
    this.#connection = new Connection(options)
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
    const { ContentLength: size = 0, LastModified: storedAt } = await headOf(this.#connection, place, signal)
    return {
      state: 'ready',
      value: { name: place.name, locator, size, ...(storedAt === undefined ? {} : { storedAt }) },
    }
  }

  /** A cold object is asked for as a whole, whatever the range; Intelligent-Tiering's archives too. */
  async retrieve(
    locator: Locator,
    { ticket, range: wanted, signal }: RetrieveOptions = {},
  ): Promise<Availability<Bytes>> {
    throwIfAborted(signal)
    const place = placeOfLocator(this.#prefix, locator)
    const expected = ticket === undefined ? undefined : expectationOf(ticket)
    const head = await headOf(this.#connection, place, signal)
    const range = rangeWithin(head.ContentLength ?? 0, wanted, addressOf(this.#options.bucket, place.key))
    const warmth = warmthOf(head)
    if (warmth.state === 'readable') {
      const value = download(this.#connection, this.#options, { place, etag: head.ETag }, range, signal)
      return { state: 'ready', value, ...(warmth.until === undefined ? {} : { expiresAt: warmth.until }) }
    }
    if (warmth.state === 'thawing' && expected !== undefined && ticket !== undefined) {
      return { state: 'pending', ticket, expectedAt: expected }
    }
    const expectedAt = await thaw(this.#connection, this.#options, place, warmth, signal)
    return { state: 'pending', ticket: ticketFor(expectedAt), expectedAt }
  }

  async remove(locator: Locator, { signal }: CallOptions = {}): Promise<void> {
    throwIfAborted(signal)
    await removeBlob(this.#connection, placeOfLocator(this.#prefix, locator), signal)
  }

  locate(name: string): Locator {
    return locatorOf(placeOfName(this.#prefix, name))
  }

  async list({ prefix = '', signal }: ListOptions = {}): Promise<Availability<AsyncIterable<BlobInfo>>> {
    throwIfAborted(signal)
    return Promise.resolve({ state: 'ready', value: listBlobs(this.#connection, this.#prefix, prefix, signal) })
  }

  async read(name: string, options: CallOptions = {}): Promise<Registered> {
    return readRegister(this.#registry(), placeOfName(this.#prefix, name), options)
  }

  async write(name: string, bytes: Uint8Array, options: ReplaceOptions = {}): Promise<{ readonly etag: string }> {
    return writeRegister(this.#registry(), placeOfName(this.#prefix, name), bytes, options)
  }

  async erase(name: string, options: ReplaceOptions = {}): Promise<void> {
    await eraseRegister(this.#registry(), placeOfName(this.#prefix, name), options)
  }

  close(): Promise<void> {
    return this.#connection.close()
  }

  #registry(): Registry {
    return { connection: this.#connection, options: this.#options }
  }
}
