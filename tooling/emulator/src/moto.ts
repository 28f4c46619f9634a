import { spawn } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import { freePort } from './free-port.js'

const script = fileURLToPath(new URL('../moto-server.py', import.meta.url))

/** A moto server of one's own. */
export interface Moto {
  readonly endpoint: string
  stop(): Promise<void>
}

/** The `moto_server` to use: that of the environment in BAKTHAT_TEST_MOTO, else the one on the PATH. */
export function motoServer(): string | undefined {
  const { BAKTHAT_TEST_MOTO: environment, PATH = '' } = process.env
  const directories = environment === undefined ? PATH.split(delimiter) : [join(environment, 'bin')]
  return directories.map((directory) => join(directory, 'moto_server')).find((program) => existsSync(program))
}

/** The Python that has boto3 beside moto. */
export function motoPython(): string | undefined {
  const server = motoServer()
  return server === undefined ? undefined : join(dirname(realpathSync(server)), 'python3')
}

/** Starts a moto server of its own on a free port of this machine and waits until it answers. */
export async function startMoto(): Promise<Moto> {
  const python = motoPython()
  if (python === undefined) throw new Error('there is no moto_server: see .ci/install-moto')
  const port = await freePort()
  const child = spawn(python, [script, '-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const endpoint = `http://127.0.0.1:${port}`
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL')
    await ended
  }
  for (let attempt = 0; attempt < 600 && child.exitCode === null; attempt++) {
    if (await answers(endpoint)) return { endpoint, stop }
    await pause(100)
  }
  await stop()
  throw new Error('moto_server does not answer')
}

async function answers(endpoint: string): Promise<boolean> {
  try {
    return (await fetch(`${endpoint}/moto-api/`)).ok
  } catch {
    return false
  }
}
