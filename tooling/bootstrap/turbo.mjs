import { spawn, spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fail, root, run } from './process.mjs'

const turboCommand = join(root, 'node_modules', '.bin', 'turbo')

/** Other people's programs that tests take as judges: a result counts only for the machine that has them. */
const judges = [
  'age',
  'aws',
  'bsdtar',
  'fish',
  'git',
  'jq',
  'mandoc',
  'mariadbd',
  'moto_server',
  'openssl',
  'pigz',
  'postgres',
  'python3',
  'systemd-analyze',
  'tar',
  'tinyproxy',
  'zsh',
  'zstd',
]

/**
 * Runs tasks over the workspace, a few at a time, taking from the cache what was done before. A task that fails shows
 * what it printed, and the tasks that do not need it run on. With `quiet`, nothing else is shown.
 *
 * Answers with one record for each task: `{ package, task, directory, ran, ok }`.
 */
export async function turbo(tasks, env, { args = [], quiet = false } = {}) {
  const options = [
    `--concurrency=${Math.min(4, Math.max(2, availableParallelism()))}`,
    '--continue=dependencies-successful',
    '--output-logs=errors-only',
    '--ui=stream',
    '--summarize',
  ]
  const ownEnv = { ...env, BAKTHAT_TEST_MACHINE: machine() }
  const planned = plan([...tasks, ...args], ownEnv)
  const { status, output } = await watch([...tasks, ...options, ...args], ownEnv, quiet)
  if (quiet && status !== 0) process.stdout.write(output)
  const done = readSummary(output)
  return {
    ok: status === 0,
    tasks: planned.map((task) => ({ ...task, ran: done.has(task.id), ok: done.get(task.id) === 0 })),
  }
}

/** Every task that there is to do. The summary of a run leaves out those whose needs failed. */
function plan(args, env) {
  const { ok, stdout, output } = run(turboCommand, ['run', ...args, '--dry=json'], { env, quiet: true })
  if (!ok) fail(`turbo cannot plan what to do:\n${output}`)
  return JSON.parse(stdout)
    .tasks.filter(({ command }) => command !== '<NONEXISTENT>')
    .map(({ taskId, package: name, task, directory }) => ({
      id: taskId,
      package: name,
      task,
      directory: join(root, directory),
    }))
}

function watch(args, env, quiet) {
  return new Promise((resolve, reject) => {
    const child = spawn(turboCommand, ['run', ...args], {
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

/** The exit status of each task, by its id: turbo writes them into a file, and says where. */
function readSummary(output) {
  const path = /^Summary:\s+(.+\.json)\s*$/m.exec(output.replaceAll(/\x1b\[[0-9;]*m/g, ''))?.[1]
  if (path === undefined) return new Map()
  const { tasks } = JSON.parse(readFileSync(path, 'utf8'))
  rmSync(path)
  return new Map(
    tasks.filter(({ execution }) => execution).map(({ taskId, execution }) => [taskId, execution.exitCode]),
  )
}

/** What a test's outcome depends on beside the files: it is part of the cache's key. */
function machine() {
  const user = process.getuid?.() === 0 ? 'root' : 'user'
  return [process.version, process.platform, process.arch, user, ...judges.filter(isThere)].join(' ')
}

/** Not all of them answer to `--version` with success, but what answers is there. */
function isThere(program) {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined
}
