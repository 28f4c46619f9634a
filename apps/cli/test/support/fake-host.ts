import { PassThrough } from 'node:stream'
import { open, type Bakthat, type Log, type OpenOptions } from 'bakthat'
import { main } from '../../dist/main.js'
import type { Host, Output, StopSignal } from '../../dist/host.js'

/** What a run of the command line left behind. */
export interface Run {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

export interface FakeHostOptions {
  readonly env?: Readonly<Record<string, string>>
  /** The width of the terminal; without it there is none. */
  readonly columns?: number
  /** Without it the real one is used. */
  readonly library?: Partial<Bakthat>
  /** What a person types when they see a text on the terminal. */
  readonly typed?: readonly (readonly [seen: string, typed: string])[]
}

/** A process that is none: its streams are strings, its clock and its signals are ours. */
export class FakeHost implements Host {
  readonly stdin = Object.assign(new PassThrough(), { isTTY: false })
  readonly env: Readonly<Record<string, string>>
  readonly opened: OpenOptions[] = []
  readonly exits: number[] = []
  closed = 0
  time = 0
  /** Of what was written to standard output at once. */
  longestWrite = 0
  #stdout = ''
  #stderr = ''
  readonly #options: FakeHostOptions
  readonly #listeners = new Set<(signal: StopSignal) => void>()
  readonly #strayListeners = new Set<(error: unknown) => void>()
  readonly #toType: (readonly [string, string])[]
  #seenUpTo = 0

  constructor(options: FakeHostOptions = {}) {
    this.#options = options
    this.env = options.env ?? {}
    this.stdin.isTTY = options.columns !== undefined
    this.#toType = [...(options.typed ?? [])]
  }

  get stdout(): Output {
    return this.#output((text) => {
      this.#stdout += text
      this.longestWrite = Math.max(this.longestWrite, text.length)
    })
  }

  get stderr(): Output {
    return this.#output((text) => {
      this.#stderr += text
      this.#answer()
    })
  }

  readonly now = (): number => this.time

  readonly onSignal = (listener: (signal: StopSignal) => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly onStrayError = (listener: (error: unknown) => void): (() => void) => {
    this.#strayListeners.add(listener)
    return () => this.#strayListeners.delete(listener)
  }

  readonly openBakthat = (settings: OpenOptions, log: Log): Promise<Bakthat> => {
    this.opened.push(settings)
    if (this.#options.library === undefined) return open({ ...settings, log })
    const close = (): Promise<void> => {
      this.closed++
      return Promise.resolve()
    }
    return Promise.resolve({ close, notices: [], plugins: [], ...this.#options.library } as Bakthat)
  }

  readonly exit = (status: number): void => {
    this.exits.push(status)
  }

  /** Sends a signal. */
  kill(signal: StopSignal): void {
    for (const listener of this.#listeners) listener(signal)
  }

  get listeners(): number {
    return this.#listeners.size
  }

  async run(...argv: readonly string[]): Promise<Run> {
    const status = await main(argv, this)
    return { status, stdout: this.#stdout, stderr: this.#stderr }
  }

  #output(take: (text: string) => void): Output {
    const { columns } = this.#options
    const write: Output['write'] = (data, done) => {
      take(typeof data === 'string' ? data : Buffer.from(data).toString())
      done?.()
    }
    return { write, isTTY: columns !== undefined, ...(columns !== undefined && { columns }) }
  }

  #answer(): void {
    const next = this.#toType[0]
    if (next === undefined || !this.#stderr.slice(this.#seenUpTo).includes(next[0])) return
    this.#toType.shift()
    this.#seenUpTo = this.#stderr.length
    setImmediate(() => this.stdin.write(next[1]))
  }
}

/** Runs a command line in a process of its own making. */
export function run(argv: readonly string[], options: FakeHostOptions = {}): Promise<Run> {
  return new FakeHost(options).run(...argv)
}
