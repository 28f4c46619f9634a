import type { ChildProcessByStdio } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Readable } from 'node:stream'
import { BakthatError, systemCodeOf } from '@bakthat/errors'
import { descendantsOf, terminate } from './processes.js'

export interface CommandOptions {
  /** Default: the current one. */
  readonly cwd?: string
  /** Added to the environment of this process: the place for passwords, which arguments are not. */
  readonly env?: Readonly<Record<string, string>>
}

/**
 * What a command writes on its standard output, to be backed up as a stream: it is started when the first chunk is asked
 * for, its standard error goes where that of this process does, and whoever stops reading stops it (SIGTERM), on Linux with all
 * that it started. Ends with `COMMAND_FAILED` where the command does not end with status 0, so that a dump that was cut short
 * never passes for a whole one.
 *
 * A list is a program and its arguments, run without a shell. A text is run by bash, under `pipefail`, so that
 * `mysqldump db | sed …` fails when its first command does; where there is no bash, by sh, which looks only at the last one.
 *
 * @example
 * ```ts
 * import { backup, outputOf } from 'bakthat'
 *
 * await backup(outputOf(['pg_dump', 'mydb']), { name: 'mydb.sql' })
 * ```
 */
export function outputOf(command: string | readonly string[], options: CommandOptions = {}): AsyncIterable<Uint8Array> {
  const words = typeof command === 'string' ? inShell(command) : command
  return { [Symbol.asyncIterator]: () => new CommandOutput(words, options) }
}

function inShell(command: string): readonly string[] {
  const directories = (process.env['PATH'] ?? '').split(delimiter)
  const hasBash = directories.some((directory) => existsSync(join(directory, 'bash')))
  return hasBash ? ['bash', '-o', 'pipefail', '-c', command] : ['sh', '-c', command]
}

/** Not a generator, which could not be stopped while it waits for a command that is stuck. */
class CommandOutput implements AsyncIterator<Uint8Array, undefined> {
  readonly #words: readonly string[]
  readonly #options: CommandOptions
  #running: Running | undefined
  #isStopped = false

  constructor(words: readonly string[], options: CommandOptions) {
    this.#words = words
    this.#options = options
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (this.#isStopped && this.#running === undefined) return { done: true, value: undefined }
    this.#running ??= start(this.#words, this.#options)
    const step = await this.#running.chunks.next()
    if (step.done !== true) return step
    const failure = await this.#running.failure
    if (failure === undefined) return { done: true, value: undefined }
    throw failure
  }

  return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.#isStopped = true
    if (this.#running !== undefined) stop(this.#running.child)
    return Promise.resolve({ done: true, value: undefined })
  }
}

interface Running {
  readonly child: ChildProcessByStdio<null, Readable, null>
  readonly chunks: AsyncIterator<Uint8Array, undefined>
  /** What the command failed of, known when it has ended. */
  readonly failure: Promise<BakthatError | undefined>
}

function start(words: readonly string[], options: CommandOptions): Running {
  const [program = ''] = words
  const child = spawned(words, options)
  const failure = new Promise<BakthatError | undefined>((resolve) => {
    child.once('error', (error) => resolve(notStarted(program, error, options)))
    child.once('close', (status, signal) => {
      if (status === 0) resolve(undefined)
      else resolve(failed(`the command ended with ${signal ?? `status ${status}`}`))
    })
  })
  return { child, chunks: child.stdout[Symbol.asyncIterator]() as Running['chunks'], failure }
}

/** `COMMAND_FAILED` for what can be no command: it has no words, one of them holds a NUL, or they are too long. */
function spawned([program = '', ...args]: readonly string[], { cwd, env }: CommandOptions): Running['child'] {
  // Not loaded by everybody who imports this library, for those who run commands.
  const { spawn } = process.getBuiltinModule('node:child_process')
  try {
    return spawn(program, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...env },
      ...(cwd !== undefined && { cwd }),
    })
  } catch (error) {
    throw notStarted('the command', error)
  }
}

/** Without the cause, in which all the command's words stand. The system says of a directory that is missing what it says of a program. */
function notStarted(what: string, error: unknown, { cwd }: CommandOptions = {}): BakthatError {
  const isAway = cwd !== undefined && !existsSync(cwd)
  const reason = isAway ? `there is no directory ${cwd}` : (systemCodeOf(error) ?? 'it is none')
  return failed(`${what} could not be started: ${reason}`)
}

/** A shell that is told to end does not tell the programs that it waits for. */
function stop(child: Running['child']): void {
  const hasEnded = child.exitCode !== null || child.signalCode !== null
  const started = hasEnded || child.pid === undefined ? [] : descendantsOf(child.pid)
  child.kill()
  for (const pid of started) terminate(pid)
  child.stdout.destroy()
}

/** The command's words are not repeated: they may hold what nobody else is to see. */
function failed(message: string): BakthatError {
  return new BakthatError('COMMAND_FAILED', message, {
    hint: 'run it by itself, and look at what it says; nothing was stored',
  })
}
