import type { Readable, Writable } from 'node:stream'
import { cancel, confirm, isCancel, password, select, text, type Option } from '@clack/prompts'
import { interruption } from '@bakthat/errors'
import type { Host } from './host.js'

/** What a wizard asks, on a terminal. Everything rejects with `INTERRUPTED` at Ctrl-C, Escape or a signal. */
export interface Interview {
  /** One of several, chosen with the arrow keys. */
  choose<const Value extends string>(
    question: string,
    choices: readonly { readonly value: Value; readonly label: string; readonly hint?: string }[],
    usual: Value,
  ): Promise<Value>
  /** A line of text; `check` says what is wrong with one. An empty one is `usual`. */
  line(question: string, usual: string, check?: (line: string) => string | undefined): Promise<string>
  /** A line that is not shown. */
  secret(question: string): Promise<string>
  confirm(question: string, usual: boolean): Promise<boolean>
  /** Shows something before the next question: lines of at most `columns`. */
  show(text: string): void
  readonly columns: number
}

/** Asks on standard error, as all that is not a result. */
export class TerminalInterview implements Interview {
  readonly columns: number
  readonly #streams: { readonly input: Readable; readonly output: Writable }
  readonly #signal: AbortSignal

  /** Both streams of the host are those of a terminal. */
  constructor({ stdin, stderr }: Host, signal: AbortSignal) {
    this.columns = stderr.columns ?? 80
    this.#streams = { input: stdin as Readable, output: stderr as unknown as Writable }
    this.#signal = signal
  }

  async choose<const Value extends string>(
    message: string,
    choices: readonly { readonly value: Value; readonly label: string; readonly hint?: string }[],
    initialValue: Value,
  ): Promise<Value> {
    const options = choices.map((choice) => ({ ...choice })) as Option<Value>[]
    return this.#answered(await select<Value>({ ...this.#common(), message, options, initialValue }))
  }

  async line(message: string, usual: string, check?: (line: string) => string | undefined): Promise<string> {
    const validate = (line: string | undefined): string | undefined => check?.(line?.trim() ?? '')
    const answer = await text({ ...this.#common(), message, initialValue: usual, validate })
    // Nothing at all was typed: the library then has no text.
    return (this.#answered(answer) as string | undefined)?.trim() ?? ''
  }

  async secret(message: string): Promise<string> {
    return this.#answered(await password({ ...this.#common(), message })).trim()
  }

  async confirm(message: string, initialValue: boolean): Promise<boolean> {
    return this.#answered(await confirm({ ...this.#common(), message, initialValue }))
  }

  show(shown: string): void {
    this.#streams.output.write(`\n${shown}\n`)
  }

  /** The library never takes its listeners off again, so that each question has a signal of its own. */
  #common(): { readonly input: Readable; readonly output: Writable; readonly signal: AbortSignal } {
    return { ...this.#streams, signal: AbortSignal.any([this.#signal]) }
  }

  #answered<T>(answer: T): Exclude<T, symbol> {
    if (!isCancel(answer)) return answer as Exclude<T, symbol>
    cancel('nothing was saved', this.#streams)
    throw interruption()
  }
}
