import type { Readable } from 'node:stream'

import type { Glacier } from '@aws-sdk/client-glacier'
import { clientSettings, serverOf, ServiceClient, type RequestOptions } from '@bakthat/aws'

import { beginJobsOnce } from './begun-once.js'
import { hashesOf, type BodyHashes } from './body-hashes.js'
import { addressOf, defaultRegion } from './container.js'
import { failures } from './failures.js'
import type { GlacierOptions } from './options.js'
import { refuseUnspoken } from './spoken.js'

/** One request, or a few that fail as one. It may be made again, with a stream of its own each time. */
export type Request<T> = (glacier: Glacier, options: RequestOptions) => Promise<T>

/** A vault as reached through the SDK. */
export class Connection {
  readonly vault: string
  readonly #options: GlacierOptions
  readonly #hashes = new WeakMap<object, BodyHashes>()
  readonly #client = new ServiceClient(() => this.#connect(), failures)

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
  request<T>(what: string | undefined, signal: AbortSignal | undefined, request: Request<T>): Promise<T> {
    return this.#client.request(addressOf(this.vault, what), signal, request)
  }

  /** A body whose hashes are known already, so that the SDK need not read it to find them. */
  hashed<T extends Uint8Array | Readable>(body: T, hashes: BodyHashes): T {
    this.#hashes.set(body, hashes)
    return body
  }

  close(): Promise<void> {
    return this.#client.close()
  }

  async #connect(): Promise<Glacier> {
    const { Glacier } = await import('@aws-sdk/client-glacier')
    const { region = defaultRegion, client } = this.#options
    const glacier = new Glacier({
      region,
      bodyChecksumGenerator: ({ body }) => Promise.resolve(this.#hashesOf(body)),
      ...(await clientSettings(this.#options)),
      ...client,
    })
    beginJobsOnce(glacier)
    refuseUnspoken(glacier)
    return glacier
  }

  #hashesOf(body: unknown): [string, string] {
    const known = typeof body === 'object' && body !== null ? this.#hashes.get(body) : undefined
    const { linear, tree } = known ?? hashesOf(bytesOf(body))
    return [linear, tree]
  }
}

/** Of the documents that the SDK sends by itself. */
function bytesOf(body: unknown): Uint8Array {
  return typeof body === 'string' ? Buffer.from(body) : (body as Uint8Array)
}
