import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

export interface Ran {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** The home of somebody who has the command, the plugin and a directory of photos. */
export interface Home extends AsyncDisposable {
  readonly path: string
  /** The real command, in a process of its own. */
  bakthat(words: readonly string[], env?: NodeJS.ProcessEnv): Promise<Ran>
}

const require = createRequire(import.meta.url)
const command = join(dirname(require.resolve('@bakthat/cli/package.json')), 'bin/bakthat.js')

export async function makeHome(notify: object): Promise<Home> {
  const profile = { rotation: { last: 1 }, plugins: 'npm:@bakthat/plugin-notify', notify }
  return makeHomeWith(JSON.stringify({ default: profile }))
}

/** With this as `~/.bakthat.yml`. */
export async function makeHomeWith(configuration: string): Promise<Home> {
  const path = await mkdtemp(join(tmpdir(), 'bakthat-notify-'))
  const scope = join(path, '.bakthat_plugins/node_modules/@bakthat')
  await mkdir(scope, { recursive: true, mode: 0o755 })
  await symlink(join(import.meta.dirname, '../..'), join(scope, 'plugin-notify'))
  await writeFile(join(path, '.bakthat.yml'), configuration, { mode: 0o600 })
  await mkdir(join(path, 'photos'))
  await writeFile(join(path, 'photos', 'beach.txt'), 'sand')
  return {
    path,
    bakthat: (words, env = {}) =>
      new Promise((resolve) => {
        const options = { cwd: path, env: { PATH: process.env['PATH'], HOME: path, ...env } }
        execFile(process.execPath, [command, ...words], options, (error, stdout, stderr) => {
          resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr })
        })
      }),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true }),
  }
}
