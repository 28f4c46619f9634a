import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'

import type { Fault } from '../faults.js'
import type { Query } from './uri.js'

/** A request as a service sees it. */
export interface Request {
  /** Unique to this request; answered as the request id. */
  readonly id: string
  readonly method: string
  /** Percent-encoded. */
  readonly path: string
  readonly query: Query
  /** Names are in lower case; values are as they came, a byte a character. */
  readonly headers: IncomingHttpHeaders
  readonly body: Readable
}

export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** A body that is a stream comes with a `content-length` among the headers. */
  readonly body?: string | Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>
}

/** What a request is about, as far as it can be told before anything is checked: faults and the log go by it. */
export interface Subject {
  /** As the API calls it: `UploadPart`. */
  readonly operation: string
  /** What it is done to: a key, an archive. */
  readonly key?: string
}

/** What answers requests. */
export interface Service {
  subject(request: Request): Subject
  /** Whatever it throws is given to `failed`. A fault that concerns what is stored is its own to carry out. */
  serve(request: Request, fault: Fault | undefined): Promise<Answer>
  /** The answer to a request that failed; anything but a failure of the service's own kind is a 500. */
  failed(request: Request, error: unknown): Answer
  /** The answer of a fault that is to look like the service's own failure. */
  scripted(request: Request, failure: { readonly status: number; readonly code: string }): Answer
}

/** One line of a server's log. */
export interface Logged extends Subject {
  readonly id: string
  readonly method: string
  readonly path: string
  readonly query: Query
  readonly headers: IncomingHttpHeaders
  /** What was scripted to go wrong with it. */
  readonly fault?: Fault
  /** Of the answer; absent while there is none, and where there never was one. */
  status?: number
}
