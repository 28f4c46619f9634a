// Programs whose own lib is older, and that have no types of Node, know what `using` takes by this alone.
/// <reference lib="esnext.disposable" preserve="true" />

import type { Json } from '@bakthat/catalog'
import { BakthatError, isBakthatError } from '@bakthat/errors'
import { Opening, signedLinks, type LinkMethod } from '@bakthat/storage'
import type { DeleteOptions, GetOptions, KeyOptions, KeyValueOptions, SetOptions, Versioned } from './contract.js'
import { decode, encode } from './encoding.js'
import { refuseEmptied } from './emptied.js'
import { decryptionFor, encryptionFor } from './keys.js'
import { checkKey, isTaken } from './names.js'
import { NotedValues } from './noted-values.js'
import { orUndefined } from './or-undefined.js'
import { openStore, type Store } from './store.js'

/**
 * A key-value store: each value is JSON in an object (or file) of the key's name, compressed with gzip and, where asked,
 * encrypted with age. Every call on one key is atomic; of several `setKey`s at a time the last one wins. Opened by the first
 * call; close it when done, or say `await using`.
 *
 * Keys are names of blobs: up to 900 bytes, segments joined by slashes. Those that a backup could have, or
 * what is kept about them, are `INVALID_INPUT`.
 *
 * @example
 * ```ts
 * import { KeyValue } from '@bakthat/keyvalue'
 *
 * await using kv = new KeyValue({ conf: { local_dir: 'values', database: 'catalog.sqlite' } })
 * await kv.setKey('limits', { cpu: 4 })
 * console.log(await kv.getKey('limits'))
 * ```
 */
export class KeyValue implements AsyncDisposable {
  readonly #store: Opening<Store>
  readonly #notes: Opening<NotedValues>

  constructor(options: KeyValueOptions = {}) {
    const { now = () => new Date() } = options
    this.#store = new Opening(() => openStore(options))
    this.#notes = new Opening(async () => {
      const [{ settings, backend }, { openCatalog }] = await Promise.all([
        this.#store.get(),
        import('@bakthat/catalog'),
      ])
      return new NotedValues(openCatalog({ path: settings.database, now }), backend, now)
    })
  }

  /**
   * Sets a key to a value, as `JSON.stringify` writes it; what it cannot write, `undefined` among it, is `INVALID_INPUT`. Then
   * notes it in the catalog, which `bakthat show` lists. Gives the etag of the new value. `UNAVAILABLE` where the directory is
   * empty, or not there, though the catalog knows values or backups in it: its disk is not mounted.
   */
  async setKey(key: string, value: unknown, options: SetOptions = {}): Promise<{ readonly etag: string }> {
    checkKey(key)
    const [{ settings, backend, registers }, notes] = await Promise.all([this.#store.get(), this.#notes.get()])
    const { signal, ifMatch, compress = settings.compression.format !== 'none' } = options
    const encryption = await encryptionFor(settings, options)
    const stored = await encode(key, value, { compress, encryption })
    await refuseEmptied(backend, notes.newest(), signal ? { signal } : {})
    const written = await registers.write(key, stored, {
      ...(signal && { signal }),
      ...(ifMatch !== undefined && { ifMatch }),
    })
    notes.note(key, stored, { is_gzipped: compress, is_enc: encryption !== undefined })
    return written
  }

  /**
   * The value of a key; without one `options.default`. `WRONG_KEY` where it is encrypted to something else, `INTEGRITY` where
   * what is stored there is no value. Reads what the Python tool wrote too. What type the value has is the caller's word.
   */
  getKey<T = Json>(key: string, options: GetOptions<NoInfer<T>> & { readonly default: NoInfer<T> }): Promise<T>
  getKey<T = Json>(key: string, options: GetOptions<null> & { readonly default: null }): Promise<T | null>
  getKey<T = Json, D = undefined>(key: string, options?: GetOptions<D>): Promise<T | D>
  async getKey<T = Json, D = undefined>(key: string, options: GetOptions<D> = {}): Promise<T | D> {
    const found = await this.readKey<T>(key, options)
    return found === undefined ? (options.default as D) : found.value
  }

  /** The value of a key with its etag, for `ifMatch`; `undefined` without one. */
  async readKey<T = Json>(key: string, options: Omit<GetOptions, 'default'> = {}): Promise<Versioned<T> | undefined> {
    checkKey(key)
    const { settings, registers } = await this.#store.get()
    const found = await orUndefined(registers.read(key, options.signal && { signal: options.signal }))
    if (found === undefined) return undefined
    const keys = await decryptionFor(settings, options)
    const value = await decode(key, found.bytes, keys, async () => (await this.#notes.get()).flagsOf(key))
    return { value: value as T, etag: found.etag }
  }

  /**
   * Deletes a key, and then its note in the catalog: stopped in between, the same call again finishes it. One that is not there
   * is a success, unless an etag was to match.
   */
  async deleteKey(key: string, options: DeleteOptions = {}): Promise<void> {
    checkKey(key)
    const [{ registers }, notes] = await Promise.all([this.#store.get(), this.#notes.get()])
    await registers.erase(key, options)
    notes.forget(key)
  }

  /**
   * A link with which anyone can read what is stored under the key for so many seconds: JSON, in gzip unless it was set with
   * `compress: false`, encrypted if it is. It is good for one method: with `HEAD` it tells only size and date. It ends sooner
   * with temporary credentials. `INVALID_INPUT` for another method, as links never write, and for more than seven days,
   * `UNSUPPORTED` where the destination has no links, `NOT_FOUND` without a value.
   */
  async getKeyUrl(key: string, seconds: number, method: LinkMethod = 'GET', options: KeyOptions = {}): Promise<string> {
    checkKey(key)
    checkLife(seconds)
    const { backend } = await this.#store.get()
    const links = signedLinks(backend)
    const locator = backend.locate(key)
    if (links === undefined || locator === undefined)
      throw new BakthatError('UNSUPPORTED', `there are no links to what lies in ${backend.scheme}`, {
        hint: 'keep the key in S3 to share it by a link',
      })
    const link = links
      .link(locator, { expiresInSeconds: seconds, method, ...options })
      .catch(async (error: unknown) => {
        if (isBakthatError(error, 'NOT_FOUND')) await this.#isRead(key, options)
        throw error
      })
    return (await link).url
  }

  /** Whether a key has a value. A bucket that is not there is `INVALID_CONFIG`, here and wherever a key is read or changed. */
  async hasKey(key: string, { signal }: KeyOptions = {}): Promise<boolean> {
    checkKey(key)
    const { backend } = await this.#store.get()
    const options = signal && { signal }
    if ((await orUndefined(backend.stat(backend.locate(key) ?? key, options))) !== undefined) return true
    return this.#isRead(key, options)
  }

  /** A bucket that is not there looks like a key without a value until something is read, which need not be allowed of what is absent. */
  async #isRead(key: string, options: KeyOptions = {}): Promise<boolean> {
    const { registers } = await this.#store.get()
    return (await orUndefined(registers.read(key, options), 'PERMISSION_DENIED')) !== undefined
  }

  /**
   * The keys that begin so, whichever host set them, in the order of their bytes. What lies in the storage is asked, and all
   * in it that is no backup, and not what is kept about them, counts as a key.
   */
  async keys(prefix = '', { signal }: KeyOptions = {}): Promise<readonly string[]> {
    const { backend } = await this.#store.get()
    const listing = await backend.list({ prefix, ...(signal && { signal }) })
    if (listing.state === 'pending')
      throw new BakthatError('PENDING', `${backend.scheme} is taking its inventory`, { hint: 'ask again later' })
    const keys: string[] = []
    for await (const { name } of listing.value) if (!isTaken(name)) keys.push(name)
    return keys
  }

  /** Calling it twice is a success; a call after it opens anew, and one that is still under way fails by it. */
  async close(): Promise<void> {
    try {
      await this.#notes.close((notes) => notes.close())
    } finally {
      await this.#store.close(({ backend }) => backend.close())
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

/** S3 would shorten it, and an address alone cannot say so. */
function checkLife(seconds: number): void {
  if (!(seconds > sevenDays)) return
  throw new BakthatError('INVALID_INPUT', `a link cannot work for ${seconds} seconds`, {
    hint: `give ${sevenDays} (7 days) at most`,
  })
}

const sevenDays = 604_800
