import { BakthatError, isBakthatError } from '@bakthat/errors'

import { removeObject } from './confirmation.js'
import type { Connection } from './connection.js'
import { outcomeOf, type Outcome } from './outcome.js'
import { abortUpload } from './unfinished-uploads.js'

type Written = { readonly key: string; readonly versionId?: string | undefined }
type Begun = { readonly key: string; readonly uploadId: string }

/** Seconds that removing it all may take. */
const patience = 30

/** What was written while things were tried out. */
export class Scratch {
  readonly #connection: Connection
  readonly #prefix: string
  readonly #written: Written[] = []
  readonly #begun: Begun[] = []

  constructor(connection: Connection, prefix: string) {
    this.#connection = connection
    this.#prefix = prefix
  }

  key(name: string): string {
    return this.#prefix + name
  }

  /** What a request that writes an object comes to; the object is removed in the end. */
  async write<T extends { readonly VersionId?: string | undefined }>(
    key: string,
    request: Promise<T>,
  ): Promise<Outcome<T>> {
    const outcome = await outcomeOf(request)
    if ('value' in outcome) this.#written.push({ key, versionId: outcome.value.VersionId })
    return outcome
  }

  begun(key: string, uploadId: string): void {
    this.#begun.push({ key, uploadId })
  }

  /** Removes everything, also after an interruption; the first object that cannot be removed is told of. */
  async clean(): Promise<BakthatError | undefined> {
    const signal = AbortSignal.timeout(patience * 1000)
    let failure: BakthatError | undefined
    for (const { key, uploadId } of this.#begun.splice(0)) {
      await outcomeOf(inTime(abortUpload(this.#connection, key, uploadId, signal)))
    }
    for (const { key, versionId } of this.#written.splice(0).reverse()) {
      const place = { name: key, key, ...(versionId === undefined ? {} : { versionId }) }
      const outcome = await outcomeOf(inTime(removeObject(this.#connection, place, signal)))
      if ('error' in outcome) failure ??= outcome.error
    }
    return failure
  }
}

/** That our own patience is over is nobody's interruption. */
async function inTime<T>(call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (error) {
    if (!isBakthatError(error, 'INTERRUPTED')) throw error
    throw new BakthatError('UNAVAILABLE', `the server took longer than ${patience} seconds`, { cause: error })
  }
}
