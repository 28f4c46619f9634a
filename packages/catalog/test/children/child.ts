import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface Instruction {
  readonly path: string
  readonly action: 'write' | 'stall' | 'tell' | 'look' | 'begin' | 'fill'
  readonly name?: string
  readonly count?: number
  /** As an ordinary user, which takes that we are root. */
  readonly asNobody?: true
}

export interface Outcome {
  readonly value?: unknown
  readonly code?: string
  readonly message?: string
  readonly hint?: string
}

const program = fileURLToPath(new URL('program.mjs', import.meta.url))

export const isRoot = process.getuid?.() === 0

/** Another process with a catalog. */
export class Child {
  readonly #process: ChildProcess
  readonly #lines: AsyncIterator<string>

  constructor(instruction: Instruction) {
    this.#process = spawn(process.execPath, [program, JSON.stringify(instruction)], {
      stdio: ['pipe', 'pipe', 'inherit'],
      ...(instruction.asNobody && { uid: 65_534, gid: 65_534 }),
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
