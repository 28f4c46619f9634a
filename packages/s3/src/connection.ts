import type { S3 } from '@aws-sdk/client-s3'
import { clientSettings, serverOf, ServiceClient, type RequestOptions } from '@bakthat/aws'

import { failures } from './failures.js'
import { addressOf } from './keys.js'
import type { S3Options } from './options.js'
import { traitsOf, type Traits } from './providers.js'
import { regionToldBy, usualRegion } from './region.js'
import { loadSdk } from './sdk.js'
import { Throttle } from './throttle.js'

/** One request, or a few that fail as one. It may be made again, with a stream of its own each time. */
export type Request<T> = (s3: S3, options: RequestOptions) => Promise<T>

/** A bucket as reached through the SDK. */
export class Connection {
  readonly traits: Traits
  readonly bucket: string
  /** What all that is sent and received has to go through, where there is a limit. */
  readonly throttle: Throttle | undefined
  readonly #options: S3Options
  readonly #client = new ServiceClient(() => connect(this.#options, this.traits, () => this.region()), failures)
  #region: Promise<string> | undefined

  /** Throws `INVALID_CONFIG` for an endpoint that is no address. */
  constructor(options: S3Options) {
    serverOf({ ...options }, 'endpoint', 'https://s3.example.org')
    this.traits = traitsOf(options.provider, options.endpoint)
    this.bucket = options.bucket
    const { bandwidthLimit, now = () => new Date() } = options
    this.throttle = bandwidthLimit === undefined ? undefined : new Throttle(bandwidthLimit, now)
    this.#options = options
  }

  /**
   * Makes a request. Its failure is translated, with `key` (or else the bucket) as what failed; an aborted signal rejects
   * with `INTERRUPTED` at once.
   */
  request<T>(key: string | undefined, signal: AbortSignal | undefined, request: Request<T>): Promise<T> {
    return this.#client.request(addressOf(this.bucket, key), signal, (s3, options) =>
      this.#whereItLies(() => request(s3, options)),
    )
  }

  /** The SDK's own client, for what is no request. */
  client(): Promise<S3> {
    return this.#client.get()
  }

  /** What requests are signed for. It is another one once an answer told that the bucket lies elsewhere. */
  region(): Promise<string> {
    const { region, profile } = this.#options
    const known = region ?? this.traits.region
    this.#region ??= known === undefined ? usualRegion(profile) : Promise.resolve(known)
    return this.#region
  }

  /** The SDK would follow a bucket with every request anew, and not at all with links. */
  async #whereItLies<T>(request: () => Promise<T>): Promise<T> {
    const asked = await this.region()
    try {
      return await request()
    } catch (error) {
      const told = regionToldBy(error)
      if (told === undefined || told === asked) throw error
      this.#region = Promise.resolve(told)
      return request()
    }
  }

  close(): Promise<void> {
    return this.#client.close()
  }
}

async function connect(options: S3Options, traits: Traits, region: () => Promise<string>): Promise<S3> {
  const settings = await clientSettings({ ...options, stallSeconds: silenceOf(options) })
  const { S3 } = loadSdk()
  return new S3({
    region,
    forcePathStyle: options.pathStyle ?? traits.pathStyle,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    expectContinueHeader: false,
    ...settings,
    ...options.client,
  })
}

/** Seconds after which a silent connection is given up. Whoever is held back by a limit is not silent. */
function silenceOf({ stallSeconds = 60, bandwidthLimit }: S3Options): number {
  return stallSeconds + (bandwidthLimit === undefined ? 0 : 1024 ** 2 / bandwidthLimit)
}
