import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

export interface Ended {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

const bin = join(import.meta.dirname, '../../../cli/bin/bakthat.js')

/** The home of somebody who does at a shell what a page says. */
export class ReaderPlace implements AsyncDisposable {
  readonly home: string

  private constructor(home: string) {
    this.home = home
  }

  static async make(): Promise<ReaderPlace> {
    const place = new ReaderPlace(await mkdtemp(join(tmpdir(), 'bakthat-reader-')))
    await place.program('bakthat', `exec '${process.execPath}' '${bin}' "$@"`)
    return place
  }

  path(...names: readonly string[]): string {
    return join(this.home, ...names)
  }

  async write(file: string, content: string): Promise<void> {
    await mkdir(dirname(this.path(file)), { recursive: true })
    await writeFile(this.path(file), content, { mode: 0o600 })
  }

  /** A program that is found before any other of that name. */
  async program(name: string, body: string): Promise<void> {
    await this.write(`bin/${name}`, `#!/bin/sh\n${body}\n`)
    await chmod(this.path('bin', name), 0o755)
  }

  /** What comes of command lines, of which any may fail. */
  run(script: string, more: Readonly<Record<string, string>> = {}): Promise<Ended> {
    const { PATH, TMPDIR } = process.env
    const env = {
      HOME: this.home,
      PATH: `${this.path('bin')}:${PATH}`,
      ...(TMPDIR !== undefined && { TMPDIR }),
      ...more,
    }
    const options = { cwd: this.home, env, timeout: 60_000 }
    return new Promise((resolve) => {
      const child = execFile('bash', ['--norc', '-euo', 'pipefail', '-c', script], options, (error, stdout, stderr) => {
        resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr })
      })
      child.stdin?.end()
    })
  }

  /** What command lines print, none of which fails. */
  async says(script: string, more: Readonly<Record<string, string>> = {}): Promise<string> {
    const { status, stdout, stderr } = await this.run(script, more)
    if (status !== 0) throw new Error(`${script}\nended with ${status}: ${stderr}`)
    return stdout
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.home, { recursive: true })
  }
}
