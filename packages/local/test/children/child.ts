import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface Instruction {
  readonly directory: string
  readonly action: 'put' | 'stall' | 'store' | 'list' | 'retrieve' | 'remove'
  readonly name?: string
  readonly prefix?: string
  readonly fill?: string
  readonly size?: number
}

export interface Outcome {
  readonly value?: unknown
  readonly code?: string
  readonly message?: string
  readonly hint?: string
}

const program = fileURLToPath(new URL('backend.mjs', import.meta.url))

/** Another process with a backend; as an ordinary user where we are root, for root may do everything. */
export class Child {
  readonly #process: ChildProcess
  readonly #lines: AsyncIterator<string>

  constructor(instruction: Instruction) {
    const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}
    this.#process = spawn(process.execPath, [program, JSON.stringify(instruction)], {
      stdio: ['pipe', 'pipe', 'inherit'],
      ...user,
    })
    this.#lines = createInterface(this.#process.stdout!)[Symbol.asyncIterator]()
  }

  async said(): Promise<unknown> {
    const line = await this.#lines.next()
    if (line.done === true) throw new Error('the child ended without a word')
    return JSON.parse(line.value) as unknown
  }

  outcome(): Promise<Outcome> {
    return this.said() as Promise<Outcome>
  }

  go(): void {
    this.#process.stdin!.write('go\n')
  }

  /** Gone, without a chance to clean up, and waited for. */
  async kill(): Promise<void> {
    const gone = once(this.#process, 'exit')
    this.#process.kill('SIGKILL')
    await gone
  }
}

export function outcomeOf(instruction: Instruction): Promise<Outcome> {
  return new Child(instruction).outcome()
}
