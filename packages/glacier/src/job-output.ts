import { BakthatError } from '@bakthat/errors'
import { unlessAborted, withAttempts, type Bytes } from '@bakthat/storage'

import type { Connection } from './connection.js'
import { addressOf } from './container.js'
import { failures } from './failures.js'
import type { GlacierOptions } from './options.js'
import type { Window } from './windows.js'

export interface Output {
  /** As they arrived; they are nobody else's. */
  readonly chunks: readonly Uint8Array[]
  /** The tree hash of them all, where Glacier tells one. */
  readonly checksum: string | undefined
}

/**
 * A window of the output of a job that is done, counted from its beginning. A connection that breaks is resumed where it
 * broke.
 */
export async function outputOf(
  connection: Connection,
  options: GlacierOptions,
  jobId: string,
  window: Window,
  signal: AbortSignal | undefined,
): Promise<Output> {
  const receiving = new Receiving(window)
  const refusal = await withAttempts(options, signal, async () =>
    receiving.missing > 0 ? receiveMore(connection, jobId, receiving, signal) : undefined,
  )
  if (refusal !== undefined) throw refusal.error
  return receiving
}

class Receiving implements Output {
  readonly chunks: Uint8Array[] = []
  checksum: string | undefined
  readonly #start: number
  readonly #end: number
  #position: number

  constructor({ start, end }: Window) {
    this.#start = start
    this.#end = end
    this.#position = start
  }

  get missing(): number {
    return this.#end - this.#position
  }

  get range(): string {
    return `bytes=${this.#position}-${this.#end - 1}`
  }

  /** What is told of the rest of a window says nothing of the whole. */
  told(checksum: string | undefined): void {
    if (this.#position === this.#start) this.checksum = checksum
  }

  take(chunk: Uint8Array): void {
    this.chunks.push(chunk)
    this.#position += chunk.length
  }
}

/** Throws where the connection breaks. What the request fails with is given back: the SDK has tried it as often as is allowed. */
async function receiveMore(
  connection: Connection,
  jobId: string,
  receiving: Receiving,
  signal: AbortSignal | undefined,
): Promise<{ readonly error: unknown } | undefined> {
  const subject = addressOf(connection.vault, 'the output of a job')
  const { range } = receiving
  const asking = connection.request('the output of a job', signal, (glacier, options) =>
    glacier.getJobOutput({ accountId: '-', vaultName: connection.vault, jobId, range }, options),
  )
  const answer = await asking.catch((error: unknown) => ({ error }))
  if ('error' in answer) return answer
  receiving.told(answer.checksum)
  await unlessAborted(drain(answer.body as Bytes | undefined, receiving, subject), signal)
  if (receiving.missing === 0) return undefined
  throw new BakthatError(
    'UNAVAILABLE',
    `the connection ended ${receiving.missing} bytes before the end of ${subject}`,
    {
      hint: 'try again later',
    },
  )
}

async function drain(body: Bytes | undefined, receiving: Receiving, subject: string): Promise<void> {
  try {
    for await (const chunk of body ?? []) {
      if (chunk.length > receiving.missing) throw tooMany(subject)
      receiving.take(chunk)
    }
  } catch (error) {
    throw failures.explained(error, subject)
  }
}

function tooMany(subject: string): BakthatError {
  return new BakthatError('INTEGRITY', `${subject} has more bytes than were asked for`, {
    hint: 'something between here and the server changes what is sent: check proxies',
  })
}
