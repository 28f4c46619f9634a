import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

import { freePort } from './free-port.js'

/** The `tinyproxy` of the system. */
export const tinyproxyProgram = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin']
  .map((directory) => join(directory, 'tinyproxy'))
  .find((program) => existsSync(program))

/** For whom, and whereto. */
export interface ProxyRules {
  readonly name?: string
  readonly password?: string
  readonly ports?: readonly number[]
}

/** A proxy of one's own on this machine. */
export class Tinyproxy implements AsyncDisposable {
  readonly port: number
  readonly #directory: string
  readonly #process: ChildProcess
  readonly #ended: Promise<unknown>

  private constructor(port: number, directory: string, process: ChildProcess) {
    this.port = port
    this.#directory = directory
    this.#process = process
    this.#ended = new Promise((resolve) => process.once('exit', resolve))
  }

  /** Open to everybody unless there is a password; tunnels lead to all ports unless some are given. */
  static async start({ name, password, ports = [] }: ProxyRules = {}): Promise<Tinyproxy> {
    if (tinyproxyProgram === undefined) throw new Error('there is no tinyproxy')
    const [port, directory] = await Promise.all([freePort(), mkdtemp(join(tmpdir(), 'bakthat-proxy-'))])
    const lines = [`Port ${port}`, 'Listen 127.0.0.1', `LogFile "${join(directory, 'log')}"`, 'LogLevel Connect']
    if (password !== undefined) lines.push(`BasicAuth ${name} ${password}`)
    for (const one of ports) lines.push(`ConnectPort ${one}`)
    await writeFile(join(directory, 'conf'), `${lines.join('\n')}\n`)
    const child = spawn(tinyproxyProgram, ['-d', '-c', join(directory, 'conf')], { stdio: 'ignore' })
    const proxy = new Tinyproxy(port, directory, child)
    for (let attempt = 0; attempt < 300 && child.exitCode === null; attempt++) {
      if (await answers(port)) return proxy
      await pause(20)
    }
    await proxy[Symbol.asyncDispose]()
    throw new Error('tinyproxy does not answer')
  }

  /** What was asked of it: `CONNECT 127.0.0.1:8000`, `PUT http://127.0.0.1:8000/bucket/blob`. */
  async asked(): Promise<string[]> {
    const log = await readFile(join(this.#directory, 'log'), 'utf8')
    return [...log.matchAll(/: ([A-Z]+ \S+) HTTP\/1\.1$/gm)].map(([, asked]) => asked!)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill('SIGKILL')
    await this.#ended
    await rm(this.#directory, { recursive: true })
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
