import { createInterface, type Interface } from 'node:readline'
import { Writable } from 'node:stream'
import { interruption } from '@bakthat/errors'
import type { Host } from './host.js'

/** Lines typed at a terminal, in order; what was typed or pasted ahead is kept for the next question. */
export class LineReader implements Disposable {
  readonly #host: Host
  readonly #interface: Interface
  readonly #typed: string[] = []
  #muted = false
  #ended = false
  #wake: () => void = () => undefined

  constructor(host: Host, signal: AbortSignal) {
    this.#host = host
    const echo = new Writable({
      write: (chunk: Buffer, _, done) => {
        if (!this.#muted) host.stderr.write(chunk.toString())
        done()
      },
    })
    this.#interface = createInterface({ input: host.stdin, output: echo, terminal: true, historySize: 0 })
    this.#interface.on('line', (line) => {
      this.#typed.push(line)
      this.#wake()
    })
    const end = (): void => {
      this.#ended = true
      this.#wake()
    }
    // A terminal that is gone cannot even be given back: that is its error.
    this.#interface.on('close', end).on('SIGINT', end).on('error', end)
    signal.addEventListener('abort', end)
    this.#ended = signal.aborted
  }

  async read(question: string, secret: boolean): Promise<string> {
    this.#host.stderr.write(question)
    this.#muted = secret
    if (this.#typed.length === 0 && !this.#ended) await new Promise<void>((resolve) => (this.#wake = resolve))
    const line = this.#typed.shift()
    if (secret || line === undefined) this.#host.stderr.write('\n')
    if (line === undefined) throw interruption()
    return line
  }

  [Symbol.dispose](): void {
    this.#interface.close()
  }
}
