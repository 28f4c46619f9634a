import { execFile, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FakeHost } from './fake-host.js'

/** The command itself. */
export const bin = join(import.meta.dirname, '..', '..', 'bin', 'bakthat.js')

/** Whether a program is there to be used. */
export function has(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0
}

/** Whether small file systems can be mounted here. */
export const canMount = ((): boolean => {
  const directory = mkdtempSync(join(tmpdir(), 'bakthat-mount-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', directory]).status === 0
  if (mounted) spawnSync('umount', [directory])
  rmSync(directory, { recursive: true })
  return mounted
})()

export interface Run {
  readonly status: number | string
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end; its failure is an answer. */
export function execute(
  command: string,
  argv: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly input?: string },
): Promise<Run> {
  return new Promise((resolve) => {
    const child = execFile(
      command,
      argv,
      { ...options, timeout: 60_000, maxBuffer: 1 << 26 },
      (error, stdout, stderr) => {
        const status = error === null ? 0 : (error.code ?? error.signal ?? 'unknown')
        resolve({ status, stdout, stderr })
      },
    )
    child.stdin?.end(options.input ?? '')
  })
}

/** What a terminal showed. */
export interface Shown {
  readonly status: number
  readonly screen: string
}

type Step = readonly [seen: string, typed: string | { readonly signal: number }]

/** A home of nobody's, with a command in it that knows no other. */
export class Home {
  readonly path = mkdtempSync(join(tmpdir(), 'bakthat-home-'))
  readonly env: Readonly<Record<string, string>> = {
    PATH: process.env.PATH ?? '',
    HOME: this.path,
    TMPDIR: this.join('tmp'),
    BAKTHAT_DATABASE: this.join('catalog.sqlite'),
    XDG_DATA_HOME: this.join('data'),
  }

  constructor() {
    mkdirSync(this.join('tmp'))
  }

  join(...names: readonly string[]): string {
    return join(this.path, ...names)
  }

  /** Runs the command line in this process, with this home's directory and environment, on the real library. */
  async run(argv: readonly string[], more: { readonly env?: Readonly<Record<string, string>> } = {}): Promise<Run> {
    const before = { directory: process.cwd(), env: process.env }
    const env = { ...this.env, ...more.env }
    process.chdir(this.path)
    process.env = { ...env }
    try {
      return await new FakeHost({ env }).run(...argv)
    } finally {
      process.env = before.env
      process.chdir(before.directory)
    }
  }

  /** Runs the command as a process of its own. */
  spawn(
    argv: readonly string[],
    more: { readonly env?: NodeJS.ProcessEnv; readonly input?: string } = {},
  ): Promise<Run> {
    const { input } = more
    const env = { ...this.env, ...more.env }
    return execute(process.execPath, [bin, ...argv], { cwd: this.path, env, ...(input !== undefined && { input }) })
  }

  /** Runs the command on a terminal, and types what the steps say. */
  async onTerminal(
    argv: readonly string[],
    steps: readonly Step[] = [],
    more: { readonly columns?: number; readonly env?: NodeJS.ProcessEnv } = {},
  ): Promise<Shown> {
    const env = { ...this.env, TERM: 'xterm', ...more.env }
    const { columns } = more
    const task = { argv: [process.execPath, bin, ...argv], env, cwd: this.path, columns, steps }
    const driver = join(import.meta.dirname, 'terminal.py')
    const { stdout, stderr } = await execute('python3', [driver], { cwd: this.path, env, input: JSON.stringify(task) })
    if (stdout === '') throw new Error(stderr)
    return JSON.parse(stdout) as Shown
  }

  /** The names under which backups are stored, as the command lists them. */
  async storedNames(): Promise<readonly string[]> {
    const { stdout } = await this.run(['show', '--json'])
    return (JSON.parse(stdout) as readonly { stored_filename: string }[]).map((backup) => backup.stored_filename)
  }

  /** Every stored or half-stored file, and every temporary one. */
  leftovers(): readonly string[] {
    return ['data/bakthat', 'tmp'].flatMap((directory) => filesUnder(this.join(directory)))
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}

/** Runs a test in a home of its own. */
export async function atHome(test: (home: Home) => Promise<void>): Promise<void> {
  const home = new Home()
  try {
    await test(home)
  } finally {
    home.remove()
  }
}

function filesUnder(directory: string): readonly string[] {
  try {
    return readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
