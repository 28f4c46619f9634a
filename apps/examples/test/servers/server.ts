import { spawn, spawnSync, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { once } from 'node:events'
import { chown, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Databases refuse to run as root: nobody runs them then. */
const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}

export function has(...programs: readonly string[]): boolean {
  return programs.every((program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0)
}

/** A directory that the user of databases owns. Its path is short: sockets are made in it. */
export async function serverDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'bakthat-db-'))
  if (user.uid !== undefined) await chown(directory, user.uid, user.gid)
  return directory
}

/** Runs a program to its end; with what it said in the error, where it fails. */
export async function run(
  program: string,
  args: readonly string[],
  { input = '', env, ...options }: SpawnOptions & { readonly input?: string } = {},
): Promise<string> {
  const child = spawn(program, args, { ...options, env: { ...process.env, ...env }, stdio: 'pipe' })
  const said = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text))
  child.stdin.on('error', () => undefined).end(input)
  const [status] = (await once(child, 'close')) as [number | null]
  if (status === 0) return said.stdout
  throw new Error(`${program} ended with ${status}: ${said.stderr}${said.stdout}`)
}

/** Runs a program as the user of databases. */
export function runAsServer(program: string, args: readonly string[], directory: string): Promise<string> {
  return run(program, args, { ...user, cwd: directory, env: { HOME: directory } })
}

/** A database server that this process started, in a directory that goes with it. */
export class Server implements AsyncDisposable {
  readonly directory: string
  readonly #child: ChildProcess

  private constructor(directory: string, child: ChildProcess) {
    this.directory = directory
    this.#child = child
  }

  /** Starts it, and waits until it says that it is ready. */
  static async start(directory: string, program: string, args: readonly string[], ready: RegExp): Promise<Server> {
    const child = spawn(program, args, { ...user, cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    await new Promise<void>((resolve, reject) => {
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        said += text
        if (ready.test(said)) resolve()
      })
      child.once('error', reject)
      child.once('exit', () => reject(new Error(`${program} is not ready: ${said}`)))
    })
    return new Server(directory, child)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGINT') // PostgreSQL waits for nobody then; MariaDB's server does not heed it.
    this.#child.kill('SIGTERM')
    await ended
    await rm(this.directory, { recursive: true })
  }
}
