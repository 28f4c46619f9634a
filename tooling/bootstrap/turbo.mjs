import { spawn } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { has, root } from './process.mjs'

/** Other people's programs that tests take as judges: a result counts only for the machine that has them. */
const judges = ['age', 'bsdtar', 'pigz', 'python3', 'restic', 'tar', 'zstd']

/**
 * Runs tasks over the workspace, a few at a time, taking from the cache what was done before. A task that fails shows
 * what it printed, and the tasks that do not need it run on. With `quiet`, nothing else is shown.
 *
 * Answers with one record for each task: `{ package, task, directory, ok, ran }`.
 */
export async function turbo(tasks, env, { args = [], quiet = false } = {}) {
  const options = [
    `--concurrency=${Math.min(4, Math.max(2, availableParallelism()))}`,
    '--continue=dependencies-successful',
    '--output-logs=errors-only',
    '--ui=stream',
    '--summarize',
  ]
  const { status, output } = await watch(
    [...tasks, ...options, ...args],
    { ...env, BAKTHAT_TEST_MACHINE: machine() },
    quiet,
  )
  if (quiet && status !== 0) process.stdout.write(output)
  return { ok: status === 0, tasks: readSummary(output) }
}

function watch(args, env, quiet) {
  return new Promise((resolve, reject) => {
    const child = spawn(join(root, 'node_modules', '.bin', 'turbo'), ['run', ...args], {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const [from, to] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ]) {
      from.setEncoding('utf8').on('data', (text) => {
        output += text
        if (!quiet) to.write(text)
      })
    }
    child.on('error', reject)
    child.on('close', (status, signal) => {
      if (signal === 'SIGINT' || signal === 'SIGTERM') process.exit(130)
      resolve({ status, output })
    })
  })
}

/** Turbo writes what became of each task into a file, and says where. */
function readSummary(output) {
  const path = /^Summary:\s+(.+\.json)\s*$/m.exec(output.replaceAll(/\x1b\[[0-9;]*m/g, ''))?.[1]
  if (path === undefined) return []
  const { tasks } = JSON.parse(readFileSync(path, 'utf8'))
  rmSync(path)
  return tasks
    .filter(({ command }) => command !== '<NONEXISTENT>')
    .map(({ package: name, task, directory, execution }) => ({
      package: name,
      task,
      directory: join(root, directory),
      ran: execution !== undefined && execution !== null,
      ok: execution?.exitCode === 0,
    }))
}

/** What a test's outcome depends on beside the files: it is part of the cache's key. */
function machine() {
  const user = process.getuid?.() === 0 ? 'root' : 'user'
  return [process.version, process.platform, process.arch, user, ...judges.filter(has)].join(' ')
}
