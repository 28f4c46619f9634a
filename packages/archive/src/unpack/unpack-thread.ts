import { Worker } from 'node:worker_threads'
import { reviveError, type PortableError } from '../workers/worker-protocol.js'
import { ByteSource } from './byte-source.js'
import type { ExtractSummary } from './contract.js'
import type { Decoder, Encoded } from './decoder.js'
import type { ExtractionSettings, ExtractionState } from './extraction.js'
import type { UnpackOptions } from './unpack.js'

/** Blocks in which bytes travel to the thread, and how many of them: all that is on its way. */
const block = { size: 1 << 20, count: 6 }

/** What the thread is started with. */
export interface UnpackTask {
  readonly settings: ExtractionSettings
  readonly options: Omit<UnpackOptions, 'signal' | 'onState'>
  readonly blocks: readonly SharedArrayBuffer[]
  readonly tellsState: boolean
}

/** What the thread is told: how to decode, that so many bytes are in a block, that there are no more, or that it is to give up. */
export type ToUnpackThread =
  { readonly decoder: Decoder | undefined } | { readonly slot: number; readonly length: number } | 'end' | 'stop'

/** What it answers: that a block may be filled again, how far it is, or how it ended. */
export type FromUnpackThread =
  | { readonly free: number }
  | { readonly state: ExtractionState }
  | { readonly summary: ExtractSummary }
  | { readonly error: PortableError }

/** Does what `unpack` does in a thread of its own, so that this one has its hands free for a network. */
export async function unpackInThread(
  fetch: () => Promise<Encoded>,
  settings: ExtractionSettings,
  options: UnpackOptions,
): Promise<ExtractSummary> {
  const thread = new UnpackThread(settings, options)
  const stop = (): void => {
    thread.stop()
  }
  options.signal?.addEventListener('abort', stop, { once: true })
  try {
    await thread.feed(await fetch(), options.signal)
    return await thread.result
  } catch (error) {
    thread.stop()
    await thread.ended
    throw error
  } finally {
    options.signal?.removeEventListener('abort', stop)
  }
}

class UnpackThread {
  readonly result: Promise<ExtractSummary>
  /** Resolves when the thread is gone, and with it all that it was to remove. */
  readonly ended: Promise<void>
  readonly #worker: Worker
  readonly #blocks = Array.from({ length: block.count }, () => new SharedArrayBuffer(block.size))
  readonly #free = this.#blocks.map((_, slot) => slot)
  #failure: { readonly error: unknown } | undefined
  #wake: () => void = () => undefined

  constructor(settings: ExtractionSettings, { limits = {}, estimatedSize = 0, workers, onState }: UnpackOptions) {
    const task: UnpackTask = {
      settings,
      options: { limits, estimatedSize, workers },
      blocks: this.#blocks,
      tellsState: onState !== undefined,
    }
    const worker = new Worker(new URL('./unpack-worker.js', import.meta.url), {
      workerData: task,
      resourceLimits: { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 8 },
      execArgv: [],
    })
    this.#worker = worker
    this.result = new Promise((resolve, reject) => {
      worker.on('message', (message: FromUnpackThread) => {
        if ('free' in message) this.#release(message.free)
        else if ('state' in message) attempt(onState, message.state).catch(reject)
        else if ('summary' in message) resolve(message.summary)
        else reject(reviveError(message.error))
      })
      worker.on('error', reject)
      worker.on('exit', () => {
        reject(new Error('the unpacking thread stopped unexpectedly'))
      })
    })
    this.result.catch((error: unknown) => {
      this.#failure = { error }
      this.#wake()
    })
    this.ended = new Promise((resolve) => worker.once('exit', resolve))
  }

  /** Sends all bytes there are, as fast as the thread takes them. Throws what their source throws, or why the thread failed. */
  async feed({ bytes, decoder }: Encoded, signal: AbortSignal | undefined): Promise<void> {
    const source = new ByteSource(bytes, signal)
    try {
      this.#tell({ decoder })
      await this.#send(source)
      this.#tell('end')
    } finally {
      await source.close()
    }
  }

  async #send(source: ByteSource): Promise<void> {
    let filling: Filling | undefined
    for await (const bytes of source.rest()) {
      for (let rest = bytes; rest.length > 0;) {
        filling ??= await this.#take()
        rest = rest.subarray(filling.add(rest))
        if (!filling.isFull) continue
        this.#post(filling)
        filling = undefined
      }
    }
    if (filling !== undefined) this.#post(filling)
  }

  /** Lets it give up, unless it is putting things into place already. Its end is that of `result`. */
  stop(): void {
    this.#tell('stop')
  }

  async #take(): Promise<Filling> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure.error
      const slot = this.#free.pop()
      if (slot !== undefined) return new Filling(slot, new Uint8Array(this.#blocks[slot]!))
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }

  #post({ slot, length }: Filling): void {
    this.#tell({ slot, length })
  }

  #tell(message: ToUnpackThread): void {
    this.#worker.postMessage(message)
  }

  #release(slot: number): void {
    this.#free.push(slot)
    this.#wake()
  }
}

/** Calls somebody's function, whose failure is to be one of the whole. */
function attempt<Argument>(call: ((argument: Argument) => void) | undefined, argument: Argument): Promise<void> {
  return new Promise((resolve) => {
    call?.(argument)
    resolve()
  })
}

/** A block that is being filled. */
class Filling {
  readonly slot: number
  readonly #memory: Uint8Array
  length = 0

  constructor(slot: number, memory: Uint8Array) {
    this.slot = slot
    this.#memory = memory
  }

  get isFull(): boolean {
    return this.length === this.#memory.length
  }

  /** Takes as many of the bytes as fit, and says how many these are. */
  add(bytes: Uint8Array): number {
    const taken = bytes.subarray(0, this.#memory.length - this.length)
    this.#memory.set(taken, this.length)
    this.length += taken.length
    return taken.length
  }
}
