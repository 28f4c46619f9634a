import { setMaxListeners } from 'node:events'

import type { S3, S3ClientConfig } from '@aws-sdk/client-s3'
import { throwIfAborted } from '@bakthat/storage'

import { explained } from './failures.js'
import { addressOf } from './keys.js'
import type { S3Options } from './options.js'
import { traitsOf, type Traits } from './providers.js'

/** What the SDK takes along with every request. */
export interface RequestOptions {
  readonly abortSignal?: AbortSignal
}

/** One request, or a few that fail as one. */
export type Request<T> = (s3: S3, options: RequestOptions) => Promise<T>

/** A bucket as reached through the SDK, which is loaded with the first request: that takes longer than all the rest. */
export class Connection {
  readonly traits: Traits
  readonly bucket: string
  readonly #options: S3Options
  #client: Promise<S3> | undefined

  constructor(options: S3Options) {
    this.traits = traitsOf(options.provider, options.endpoint)
    this.bucket = options.bucket
    this.#options = options
  }

  /**
   * Makes a request. Its failure is translated, with `key` (or else the bucket) as what failed; an aborted signal rejects
   * with `INTERRUPTED` at once.
   */
  async request<T>(key: string | undefined, signal: AbortSignal | undefined, request: Request<T>): Promise<T> {
    throwIfAborted(signal)
    const subject = addressOf(this.bucket, key)
    try {
      this.#client ??= connect(this.#options, this.traits)
      const client = await this.#client
      return await unlessAborted(request(client, signal === undefined ? {} : { abortSignal: signal }), signal)
    } catch (error) {
      throwIfAborted(signal)
      throw explained(error, subject)
    }
  }

  async close(): Promise<void> {
    const client = this.#client
    this.#client = undefined
    ;(await client?.catch(() => undefined))?.destroy()
  }
}

/** What the promise comes to, or a rejection as soon as the signal is aborted: the SDK sleeps between attempts. */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise
  let onAbort: () => void = () => undefined
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => {
      reject(new Error('aborted'))
    }
    signal.addEventListener('abort', onAbort)
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    promise.catch(() => undefined)
    signal.removeEventListener('abort', onAbort)
  }
}

/** Aborted when one of them is. Many requests listen to it at a time, which is no leak. */
export function eitherOf(own: AbortSignal, callers: AbortSignal | undefined): AbortSignal {
  const signal = callers === undefined ? own : AbortSignal.any([own, callers])
  setMaxListeners(0, signal)
  return signal
}

async function connect(options: S3Options, traits: Traits): Promise<S3> {
  const { S3 } = await import('@aws-sdk/client-s3')
  return new S3(clientConfig(options, traits))
}

function clientConfig(options: S3Options, traits: Traits): S3ClientConfig {
  const { region, endpoint, pathStyle, credentials, profile, stallSeconds = 60, attempts = 10, client } = options
  const whenRequired: S3ClientConfig = {
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    expectContinueHeader: false,
  }
  return {
    region: region ?? traits.region,
    forcePathStyle: pathStyle ?? traits.pathStyle,
    followRegionRedirects: traits.checksums,
    retryMode: 'adaptive',
    maxAttempts: attempts,
    requestHandler: { connectionTimeout: 10_000, socketTimeout: stallSeconds * 1000, httpsAgent: { maxSockets: 50 } },
    ...whenRequired,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
    ...(profile === undefined ? {} : { profile }),
    ...client,
  }
}
