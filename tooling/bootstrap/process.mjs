import { spawnSync } from 'node:child_process'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root of the repository. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')

/** Ends the program with a sentence for people. */
export function fail(message, hint) {
  process.stderr.write(`\n${message}\n${hint ? `${hint}\n` : ''}`)
  process.exit(1)
}

/**
 * Runs a program to its end.
 *
 * With `quiet`, what it says is kept and comes back as `output`; otherwise it goes straight to the terminal.
 */
export function run(command, args, { env = process.env, cwd = root, quiet = false } = {}) {
  const result = spawnSync(command, args, {
    cwd,
    env,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
  })
  if (result.signal === 'SIGINT' || result.signal === 'SIGTERM') process.exit(130)
  const stdout = result.stdout ?? ''
  return {
    ok: result.status === 0,
    status: result.status,
    stdout,
    output: `${stdout}${result.stderr ?? ''}${result.error ? `${result.error.message}\n` : ''}`,
  }
}

/** Whether a program is there to be called. */
export function has(command) {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0
}
