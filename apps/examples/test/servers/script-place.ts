import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { open, type Backup, type Bakthat } from 'bakthat'

export interface Ended {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** The home of somebody who runs scripts: a profile, a storage, secrets, and programs that are found first. */
export class ScriptPlace implements AsyncDisposable {
  readonly home: string

  private constructor(home: string) {
    this.home = home
  }

  static async make(): Promise<ScriptPlace> {
    const place = new ScriptPlace(await mkdtemp(join(tmpdir(), 'bakthat-script-')))
    await mkdir(place.path('bin'))
    const conf = { local_dir: place.path('store'), database: place.path('catalog.sqlite'), rotation: { days: 2 } }
    await writeFile(place.#config, JSON.stringify({ default: conf }), { mode: 0o600 })
    return place
  }

  path(...names: readonly string[]): string {
    return join(this.home, ...names)
  }

  /** A file that only its owner can read. */
  async secret(name: string, content: string): Promise<string> {
    await writeFile(this.path(name), content, { mode: 0o600 })
    return this.path(name)
  }

  /** A program that notes the arguments that it gets, which the list of processes shows to everybody, and does what the body says. */
  async program(name: string, body: string): Promise<{ arguments(): Promise<string> }> {
    const log = this.path(`${name}.arguments`)
    await writeFile(this.path('bin', name), `#!/bin/sh\nprintf '%s\\n' "$@" >'${log}'\n${body}\n`)
    await chmod(this.path('bin', name), 0o755)
    return { arguments: () => readFile(log, 'utf8') }
  }

  /** Runs a script to its end. */
  async run(script: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
    const file = join(import.meta.dirname, '..', '..', 'dist', 'scripts', script)
    const PATH = `${this.path('bin')}:${process.env['PATH']}`
    const surroundings = { ...process.env, PATH, HOME: this.home, BAKTHAT_CONFIG: this.#config, ...env }
    try {
      return { status: 0, ...(await promisify(execFile)(process.execPath, [file, ...args], { env: surroundings })) }
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
      return { status: code, stdout, stderr }
    }
  }

  /** Bakthat as this somebody has it. */
  bakthat(): Promise<Bakthat> {
    return open({ config: this.#config })
  }

  async backups(): Promise<readonly Backup[]> {
    await using bakthat = await this.bakthat()
    return await bakthat.show()
  }

  /** Restores the newest backup of that name; gives the path of what was in it. */
  async restored(name: string, file: string): Promise<string> {
    await using bakthat = await this.bakthat()
    const { to } = await bakthat.restore(name, { to: this.path('restored') })
    return join(to, name, file)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.home, { recursive: true })
  }

  get #config(): string {
    return this.path('.bakthat.yml')
  }
}
