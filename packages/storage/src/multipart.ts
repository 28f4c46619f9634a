import { unlessAborted } from './interruption.js'

/** The requests of an upload in parts, as one service has them. */
export interface MultipartRequests<Part, Result> {
  /** Begins an upload and answers with its id. Heeds no signal: an upload whose id comes too late is aborted then. */
  begin(): Promise<string>
  /** Sends a part, as often as it takes. Throws at once where the upload cannot take it, and rejects where it is lost. */
  send(uploadId: string, part: Part): Promise<void>
  complete(uploadId: string): Promise<Result>
  abort(uploadId: string, signal: AbortSignal): Promise<void>
}

/** How an upload is stopped. */
export interface MultipartControl {
  /** Aborted when a part is lost: it stops the source of the parts, and all requests. */
  readonly stop: AbortController
  /** Aborted by `stop` and by the caller. */
  readonly signal: AbortSignal
}

/** Parts on their way at the same time, as many as fit. */
const together = { parts: 4, bytes: 64 * 1024 ** 2 }

/** Seconds that giving an upload up may take. */
const patience = 10

/**
 * Sends a stream in parts, several at the same time, the next one gathered meanwhile, and aborts the upload whenever it does
 * not come to its end. Rejects with what failed first, once nothing is on its way any more; that an upload could not be
 * aborted is not told. `others` is stopped in any case.
 */
export async function sendInParts<Part extends { readonly size: number }, Result>(
  requests: MultipartRequests<Part, Result>,
  first: Part,
  others: AsyncGenerator<Part>,
  { stop, signal }: MultipartControl,
): Promise<Result> {
  const underWay = new PartsUnderWay(stop)
  try {
    const uploadId = await begin(requests, signal)
    try {
      await underWay.add(first.size, requests.send(uploadId, first))
      for await (const part of others) await underWay.add(part.size, requests.send(uploadId, part))
      await underWay.finish()
      return await requests.complete(uploadId)
    } catch (error) {
      const cause = underWay.failure?.error ?? error
      stop.abort(cause)
      await underWay.settle()
      await abort(requests, uploadId)
      throw cause
    }
  } finally {
    await others.return(undefined)
  }
}

async function begin<Part, Result>(requests: MultipartRequests<Part, Result>, signal: AbortSignal): Promise<string> {
  const beginning = requests.begin()
  try {
    return await unlessAborted(beginning, signal)
  } catch (error) {
    void beginning.then((uploadId) => abort(requests, uploadId)).catch(() => undefined)
    throw error
  }
}

/** What fails here is not told: the failure that led here is, and services have rules that clear away what stays. */
async function abort<Part, Result>(requests: MultipartRequests<Part, Result>, uploadId: string): Promise<void> {
  await requests.abort(uploadId, AbortSignal.timeout(patience * 1000)).catch(() => undefined)
}

/** Parts that are being sent. The first that fails stops all. */
class PartsUnderWay {
  readonly #stop: AbortController
  readonly #sending = new Set<Promise<void>>()
  #bytes = 0
  failure: { readonly error: unknown } | undefined

  constructor(stop: AbortController) {
    this.#stop = stop
  }

  /** Resolves when there is room to gather the next. */
  async add(size: number, sent: Promise<void>): Promise<void> {
    this.#bytes += size
    const sending = sent
      .catch((error: unknown) => {
        this.failure ??= { error }
        this.#stop.abort(error)
      })
      .finally(() => {
        this.#bytes -= size
        this.#sending.delete(sending)
      })
    this.#sending.add(sending)
    while (this.#isBusy()) await Promise.race(this.#sending)
    this.#throwIfFailed()
  }

  async finish(): Promise<void> {
    await this.settle()
    this.#throwIfFailed()
  }

  async settle(): Promise<void> {
    await Promise.all(this.#sending)
  }

  /** One part is always on its way while the next is gathered, however large they are. */
  #isBusy(): boolean {
    const parts = this.#sending.size
    return parts >= together.parts || (parts > 1 && this.#bytes > together.bytes)
  }

  #throwIfFailed(): void {
    if (this.failure !== undefined) throw this.failure.error
  }
}
