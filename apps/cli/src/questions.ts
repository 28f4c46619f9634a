import { BakthatError } from '@bakthat/errors'
import type { Host } from './host.js'
import type { Interview } from './interview.js'
import type { LineReader } from './line-reader.js'

/** What a person can be asked on the terminal. All of it rejects with `INTERRUPTED` when they press Ctrl-C or Ctrl-D. */
export interface Questions {
  /** Whether there is somebody to ask. */
  readonly possible: boolean
  /** Whether to try: somebody can be asked, or was to be asked for certain, which then fails with `INVALID_INPUT`. */
  readonly wanted: boolean
  /** Whether a password was typed. */
  readonly answered: boolean
  /** A password to encrypt with, typed twice; `undefined` for a blank one, which disables encryption. */
  newPassword(): Promise<string | undefined>
  /** A password to decrypt with; `undefined` for a blank one. Asked once, and remembered. */
  password(): Promise<string | undefined>
  /** A yes or no; no by default. */
  confirm(question: string): Promise<boolean>
  /** For a wizard with many questions; `undefined` where nobody is to be asked. */
  interview(): Promise<Interview | undefined>
}

const mostAttempts = 3

/** Asks on standard error and reads from standard input; passwords are not shown while they are typed. */
export class TerminalQuestions implements Questions {
  readonly possible: boolean
  readonly wanted: boolean
  readonly #host: Host
  readonly #signal: AbortSignal
  #password: Promise<string | undefined> | undefined
  #answered = false

  constructor(host: Host, prompt: 'yes' | 'no' | undefined, signal: AbortSignal) {
    this.#host = host
    this.#signal = signal
    this.possible = prompt !== 'no' && host.stderr.isTTY === true && host.stdin.isTTY === true
    this.wanted = this.possible || prompt === 'yes'
  }

  get answered(): boolean {
    return this.#answered
  }

  newPassword(): Promise<string | undefined> {
    return this.#onTerminal(async (read) => {
      for (let attempt = 1; attempt <= mostAttempts; attempt++) {
        const password = await read('Password (blank to disable encryption): ', true)
        if (password === '') return undefined
        if ((await read('Password, once more: ', true)) === password) return password
        this.#host.stderr.write('The two are not the same.\n')
      }
      throw new BakthatError('INVALID_INPUT', 'the password was not confirmed', { hint: 'try again' })
    })
  }

  password(): Promise<string | undefined> {
    this.#password ??= this.#onTerminal(async (read) => {
      const password = await read('Password: ', true)
      this.#answered = password !== ''
      return password === '' ? undefined : password
    })
    return this.#password
  }

  confirm(question: string): Promise<boolean> {
    return this.#onTerminal(async (read) => /^y(es)?$/i.test((await read(`${question} [y/N] `, false)).trim()))
  }

  async interview(): Promise<Interview | undefined> {
    if (!this.wanted) return undefined
    if (!this.possible) throw noTerminal('give the answers as options, or leave --prompt yes out')
    const { TerminalInterview } = await import('./interview.js')
    return new TerminalInterview(this.#host, this.#signal)
  }

  /** Lets `ask` read lines, and gives the terminal back: while it is read so, its Ctrl-C is a key like any other. */
  async #onTerminal<T>(ask: (read: LineReader['read']) => Promise<T>): Promise<T> {
    if (!this.possible)
      throw noTerminal('use --password-file, BAKTHAT_PASSWORD or --recipient, or leave --prompt yes out')
    const { LineReader } = await import('./line-reader.js')
    using lines = new LineReader(this.#host, this.#signal)
    return await ask((...question) => lines.read(...question))
  }
}

function noTerminal(hint: string): BakthatError {
  return new BakthatError('INVALID_INPUT', 'there is no terminal to ask on', { hint })
}
