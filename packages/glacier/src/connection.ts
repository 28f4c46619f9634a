import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'

import type { Glacier } from '@aws-sdk/client-glacier'
import { clientSettings, serverOf, withFreshCredentials } from '@bakthat/aws'
import { Opening, throwIfAborted, unlessAborted } from '@bakthat/storage'

import { addressOf, defaultRegion } from './container.js'
import { failures } from './failures.js'
import type { GlacierOptions } from './options.js'
import { treeHashOf } from './tree-hash.js'

/** What the SDK takes along with every request. */
export interface RequestOptions {
  readonly abortSignal?: AbortSignal
}

/** One request, or a few that fail as one. It may be made again, with a stream of its own each time. */
export type Request<T> = (glacier: Glacier, options: RequestOptions) => Promise<T>

/** Both hashes of a body, in hexadecimal: of the bytes in a row, and of their tree. */
export interface BodyHashes {
  readonly linear: string
  readonly tree: string
}

/** A vault as reached through the SDK, which is loaded with the first request: that takes longer than all the rest. */
export class Connection {
  readonly vault: string
  readonly #options: GlacierOptions
  readonly #hashes = new WeakMap<object, BodyHashes>()
  readonly #client = new Opening(() => this.#connect())

  /** Throws `INVALID_CONFIG` for an endpoint that is no address. */
  constructor(options: GlacierOptions) {
    serverOf({ ...options }, 'endpoint', 'https://glacier.example.org')
    this.vault = options.vault
    this.#options = options
  }

  /**
   * Makes a request. Its failure is translated, with `what` in the vault (or else the vault) as what failed; an aborted
   * signal rejects with `INTERRUPTED` at once.
   */
  async request<T>(what: string | undefined, signal: AbortSignal | undefined, request: Request<T>): Promise<T> {
    throwIfAborted(signal)
    try {
      const client = await this.#client.get()
      const options = signal === undefined ? {} : { abortSignal: signal }
      return await unlessAborted(
        withFreshCredentials(client, failures, () => request(client, options)),
        signal,
      )
    } catch (error) {
      throwIfAborted(signal)
      throw failures.explained(error, addressOf(this.vault, what))
    }
  }

  /** A body whose hashes are known already, so that the SDK need not read it to find them. */
  hashed<T extends Uint8Array | Readable>(body: T, hashes: BodyHashes): T {
    this.#hashes.set(body, hashes)
    return body
  }

  close(): Promise<void> {
    return this.#client.close((client) => client.destroy())
  }

  async #connect(): Promise<Glacier> {
    const { Glacier } = await import('@aws-sdk/client-glacier')
    const { region = defaultRegion, client } = this.#options
    return new Glacier({
      region,
      bodyChecksumGenerator: ({ body }) => Promise.resolve(this.#hashesOf(body)),
      ...(await clientSettings(this.#options)),
      ...client,
    })
  }

  #hashesOf(body: unknown): [string, string] {
    const known = typeof body === 'object' && body !== null ? this.#hashes.get(body) : undefined
    const { linear, tree } = known ?? hashesOfSmall(body)
    return [linear, tree]
  }
}

/** Of the documents that the SDK sends by itself. */
function hashesOfSmall(body: unknown): BodyHashes {
  const bytes = typeof body === 'string' ? Buffer.from(body) : (body as Uint8Array)
  return { linear: createHash('sha256').update(bytes).digest('hex'), tree: treeHashOf(bytes) }
}
