import { setTimeout as wait } from 'node:timers/promises'
import { Worker, type Transferable } from 'node:worker_threads'
import { BakthatError } from '@bakthat/errors'
import { reviveError, type WorkerAnswer, type WorkerStart } from './worker-protocol.js'

export interface WorkerPoolOptions {
  /** How many threads, at most. They are started when first needed. */
  readonly size: number
  /** Given to every worker, as `poolData`. */
  readonly data?: unknown
  /** Megabytes of JavaScript heap that one worker may use; buffers do not count. Default 128. */
  readonly maxHeapMegabytes?: number
  /** Milliseconds in which a thread that is stopped ends what it is at, before it is killed. Default 5000. */
  readonly patienceMs?: number
}

interface Job<Response> {
  readonly request: unknown
  readonly transfer: readonly Transferable[]
  readonly resolve: (response: Response) => void
  readonly reject: (error: unknown) => void
}

interface Thread<Response> {
  readonly worker: Worker
  readonly ended: Promise<void>
  /** Posted and not yet answered, in order. */
  readonly jobs: Job<Response>[]
}

/** A thread has its next requests at hand while it works on one, so that it does not wait for a busy main thread. */
const jobsPerThread = 4

/**
 * Runs requests on worker threads, whose script answers them by `serveRequests`. Requests start in the order in which they
 * were made. The first one that fails ends the pool: it and all others reject with that error, and the threads stop.
 * The process is kept alive by requests under way, not by idle threads.
 */
export class WorkerPool<Request, Response> {
  readonly #script: URL
  readonly #options: WorkerPoolOptions
  readonly #threads: Thread<Response>[] = []
  readonly #waiting: Job<Response>[] = []
  readonly #stopped = new Int32Array(new SharedArrayBuffer(4))
  #failure: Error | undefined

  constructor(script: URL, options: WorkerPoolOptions) {
    this.#script = script
    this.#options = options
  }

  /** Resolves to the worker's answer. `transfer` lists the request's buffers that are handed over instead of copied. */
  run(request: Request, transfer: readonly Transferable[] = []): Promise<Response> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    return new Promise<Response>((resolve, reject) => {
      const job = { request, transfer, resolve, reject }
      const thread = this.#leastBusy()
      if (thread.jobs.length < jobsPerThread) assign(thread, job)
      else this.#waiting.push(job)
    })
  }

  /** Starts all threads, so that they are ready when the first requests come. */
  start(): void {
    while (this.#threads.length < this.#options.size && this.#failure === undefined) this.#start()
  }

  /** How many threads there are, at most. */
  get size(): number {
    return this.#options.size
  }

  /** Whether any thread was started. */
  get isRunning(): boolean {
    return this.#threads.length > 0
  }

  /**
   * Stops all threads, and resolves when they are gone. Requests under way reject with `INTERRUPTED`. Calling it again does
   * nothing more.
   */
  async close(): Promise<void> {
    await this.#fail(new BakthatError('INTERRUPTED', 'the worker threads were stopped'))
  }

  #leastBusy(): Thread<Response> {
    let best: Thread<Response> | undefined
    for (const thread of this.#threads) if (best === undefined || thread.jobs.length < best.jobs.length) best = thread
    if (best === undefined || (best.jobs.length > 0 && this.#threads.length < this.#options.size)) return this.#start()
    return best
  }

  #start(): Thread<Response> {
    const start: WorkerStart = { data: this.#options.data, stopped: this.#stopped }
    const worker = new Worker(this.#script, {
      workerData: start,
      resourceLimits: { maxOldGenerationSizeMb: this.#options.maxHeapMegabytes ?? 128, maxYoungGenerationSizeMb: 8 },
      execArgv: [],
    })
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
    const thread: Thread<Response> = { worker, ended, jobs: [] }
    this.#threads.push(thread)
    worker.on('message', (answer: WorkerAnswer) => {
      this.#settle(thread, answer)
    })
    worker.on('error', (error: Error) => void this.#fail(error))
    worker.on('exit', () => {
      void this.#fail(new Error('a worker thread stopped unexpectedly'))
    })
    worker.unref()
    return thread
  }

  #settle(thread: Thread<Response>, answer: WorkerAnswer): void {
    if ('error' in answer) {
      void this.#fail(reviveError(answer.error))
      return
    }
    const job = thread.jobs.shift()
    if (job === undefined) return
    const next = this.#waiting.shift()
    if (next !== undefined) assign(thread, next)
    if (thread.jobs.length === 0) thread.worker.unref()
    job.resolve(answer.response as Response)
  }

  async #fail(error: Error): Promise<void> {
    if (this.#failure === undefined) {
      this.#failure = error
      const jobs = [...this.#threads.flatMap((thread) => thread.jobs.splice(0)), ...this.#waiting.splice(0)]
      for (const job of jobs) job.reject(error)
      Atomics.store(this.#stopped, 0, 1)
    }
    const { patienceMs = 5000 } = this.#options
    await Promise.all(this.#threads.map((thread) => stop(thread, patienceMs)))
  }
}

/**
 * Lets a thread end what it is at. A native module that is killed in the middle of a call may end the whole process, as those made
 * with node-addon-api do from Node-API 10 on.
 */
async function stop({ worker, ended }: Pick<Thread<unknown>, 'worker' | 'ended'>, patienceMs: number): Promise<void> {
  worker.ref()
  worker.postMessage('stop')
  const gone = new AbortController()
  const patience = wait(patienceMs, undefined, { signal: gone.signal })
  patience.then(
    () => worker.terminate(),
    () => undefined,
  )
  await ended
  gone.abort()
}

function assign<Response>({ worker, jobs }: Thread<Response>, job: Job<Response>): void {
  jobs.push(job)
  worker.ref()
  worker.postMessage(job.request, job.transfer)
}
