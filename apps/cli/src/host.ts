import type { Bakthat, Log, OpenOptions } from 'bakthat'

/** Where text goes: a terminal, a pipe or a file. */
export interface Output {
  /** `done` is told when it is out, or that it cannot be. */
  write(data: string | Uint8Array, done?: (error?: Error | null) => void): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

/** Failures of an output that whoever wrote to it tells of: the process need not. */
export const toldElsewhere = new WeakSet<Error>()

export type Environment = Readonly<Record<string, string | undefined>>

/** A signal that asks a program to stop. */
export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

/** What the command needs of the process that it runs in; tests make their own. */
export interface Host {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean }
  readonly stdout: Output
  readonly stderr: Output
  readonly env: Environment
  /** Milliseconds, from any origin. */
  readonly now: () => number
  /** Calls the listener on every such signal, instead of what the signal does by itself, until the returned function is called, or to the end once one came. */
  readonly onSignal: (listener: (signal: StopSignal) => void) => () => void
  /** Calls the listener with every error that nobody caught, instead of ending the process, until the returned function is called. */
  readonly onStrayError: (listener: (error: unknown) => void) => () => void
  /** `log`: where plugins say what they have to say. */
  readonly openBakthat: (settings: OpenOptions, log: Log) => Promise<Bakthat>
  /** Ends the process at once. */
  readonly exit: (status: number) => void
}

/** The process as a host, and how it is left. */
export interface ProcessHost extends Host {
  /**
   * Lets the process end, when all is done: nothing more is read. After a signal nobody waits for those who do not read, nor for the
   * pauses after which the SDK of AWS would have tried something again.
   */
  readonly release: () => void
}

/** The process itself. Output that nobody reads any more (`bakthat show | head`) is dropped without a word. */
export function processHost(): ProcessHost {
  let isReading = false
  let stoppedBy: StopSignal | undefined
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: Error) => void onOutputError(error, stream))
  return {
    // Whoever looks at it opens it, for which Node loads much.
    get stdin() {
      isReading = true
      return process.stdin
    },
    stdout: process.stdout,
    stderr: process.stderr,
    env: environment(),
    // Not `performance`, which Node loads only for who asks for it.
    now: () => Number(process.hrtime.bigint()) / 1e6,
    onSignal: (listener) => {
      const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
      const onSignal = (signal: StopSignal): void => {
        stoppedBy = signal
        listener(signal)
      }
      for (const signal of signals) process.on(signal, onSignal)
      return () => {
        // One that comes again after it was heeded is not to end by itself what was about to end well.
        if (stoppedBy !== undefined) return
        for (const signal of signals) process.off(signal, onSignal)
      }
    },
    onStrayError: (listener) => {
      const events = ['unhandledRejection', 'uncaughtException'] as const
      for (const event of events) process.on(event, listener)
      return () => {
        for (const event of events) process.off(event, listener)
      }
    },
    openBakthat: async (settings, log) => (await import('bakthat')).open({ ...settings, log }),
    exit: (status) => process.exit(status),
    release: () => {
      if (isReading) process.stdin.destroy()
      // By itself Node would fail on its way out, over a terminal that is gone.
      if (stoppedBy === 'SIGHUP') process.removeAllListeners(stoppedBy).kill(process.pid, stoppedBy)
      if (stoppedBy !== undefined) process.stderr.write('', () => process.exit())
    },
  }
}

async function onOutputError(error: NodeJS.ErrnoException, stream: NodeJS.WriteStream): Promise<void> {
  if (error.code === 'EPIPE' || stream === process.stderr || toldElsewhere.has(error)) return
  process.once('exit', () => {
    process.exitCode = 1
  })
  const { outputFailure } = await import('./output.js')
  const { message, hint } = outputFailure(error)
  process.stderr.write(`error: ${message}\n  hint: ${hint}\n`)
}

/** The environment, out of which the password is taken: no program that is started from here on inherits it. */
function environment(): Environment {
  const env = { ...process.env }
  delete process.env['BAKTHAT_PASSWORD']
  return env
}
