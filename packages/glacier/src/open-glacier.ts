import {
  checkBlobName,
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
  type Listing,
  type ListOptions,
  type Locator,
  type PutOptions,
  type RetrieveOptions,
  type StatOptions,
  type StorageBackend,
} from '@bakthat/storage'

import { minimumDays } from './archive-blob.js'
import { fetchLine, thawLine } from './by-hand.js'
import { Connection } from './connection.js'
import { containerOf } from './container.js'
import { diagnose } from './diagnose.js'
import { listBlobs, statBlob } from './listing.js'
import { placeOf } from './locator.js'
import type { GlacierOptions } from './options.js'
import { checkPartSize } from './part-size.js'
import { retrieve } from './retrieval.js'
import { removeArchive } from './removal.js'
import { abortUpload, unfinishedUploads } from './unfinished-uploads.js'
import { upload } from './upload.js'

/** A vault as a backend. What of it is left by uploads that were killed can be seen, and it can be looked into. */
export type GlacierBackend = StorageBackend & ByHand & Leftovers & Diagnosis

/**
 * Opens a vault. Makes no request and loads no SDK; a vault that is not there is found out by the first call, and never
 * made: `createVault` does that. Throws `INVALID_CONFIG` for a part size that parts cannot have, and for an endpoint
 * that is no address.
 */
export function openGlacier(options: GlacierOptions): GlacierBackend {
  if (options.partSize !== undefined) checkPartSize(options.partSize)
  return new Vault(options)
}

class Vault implements GlacierBackend {
  readonly scheme = 'glacier'
  readonly container: string
  readonly capabilities: Capabilities = {
    retrieval: 'deferred',
    listing: 'deferred',
    ranges: true,
    names: false,
    minimumStorageDays: minimumDays,
  }
  readonly #options: GlacierOptions
  readonly #connection: Connection

  constructor(options: GlacierOptions) {
    this.#connection = new Connection(options)
    this.container = containerOf(options)
    this.#options = options
  }

  async put(name: string, bytes: Bytes, options: PutOptions = {}): Promise<BlobInfo & { readonly sha256: string }> {
    throwIfAborted(options.signal)
    checkBlobName(name)
    return { name, ...(await upload(this.#connection, this.#options, name, bytes, options)) }
  }

  async stat(locator: Locator, options: StatOptions = {}): Promise<Availability<BlobInfo>> {
    throwIfAborted(options.signal)
    return statBlob(this.#connection, this.#options, placeOf(locator), options)
  }

  async retrieve(locator: Locator, options: RetrieveOptions = {}): Promise<Availability<Bytes>> {
    throwIfAborted(options.signal)
    return retrieve(this.#connection, this.#options, placeOf(locator), options)
  }

  async remove(locator: Locator, { signal }: CallOptions = {}): Promise<void> {
    throwIfAborted(signal)
    await removeArchive(this.#connection, placeOf(locator).archiveId, signal)
  }

  locate(name: string): undefined {
    checkBlobName(name)
  }

  async list(options: ListOptions = {}): Promise<Availability<Listing>> {
    throwIfAborted(options.signal)
    return listBlobs(this.#connection, this.#options, options)
  }

  thawByHand(locator: Locator): string {
    return thawLine(this.#options, placeOf(locator))
  }

  fetchByHand(locator: Locator): string {
    placeOf(locator)
    return fetchLine(this.#options)
  }

  leftovers({ signal }: CallOptions = {}): AsyncIterable<Leftover> {
    return unfinishedUploads(this.#connection, signal)
  }

  removeLeftover(id: string, { signal }: CallOptions = {}): Promise<void> {
    return abortUpload(this.#connection, id, signal)
  }

  diagnose({ signal }: DiagnoseOptions): AsyncIterable<Finding> {
    return diagnose(this.#connection, signal)
  }

  close(): Promise<void> {
    return this.#connection.close()
  }
}
