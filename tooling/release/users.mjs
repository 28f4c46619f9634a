// `npm run release:users`: the packages as their users get them: packed, installed by npm and by pnpm into an empty
// project each, and used there. `-- --node PATH` uses them with another Node than the one they are installed with,
// `--only NAME` takes one user, `--by NAME` one package manager.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { install } from '../bootstrap/install.mjs'
import { fail, root, run } from '../bootstrap/process.mjs'
import { turbo } from '../bootstrap/turbo.mjs'
import { packAll } from './pack.mjs'
import { users } from './stories.mjs'

const options = {
  node: { type: 'string', default: process.execPath },
  only: { type: 'string' },
  by: { type: 'string' },
}
const { values } = parseArgs({ options })
const typeRoot = join(root, 'packages/errors/node_modules/@types')

const env = install()
const { ok } = await turbo(['build'], env, { quiet: true })
if (!ok) fail('The build failed; what it said is above.')

const scratch = mkdtempSync(join(tmpdir(), 'bakthat-users-'))
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }))
const tarballs = packAll(join(scratch, 'tarballs'), env)

for (const manager of ['npm', 'pnpm'].filter((name) => [name, undefined].includes(values.by))) {
  for (const user of users.filter(({ name }) => [name, undefined].includes(values.only))) play(user, manager)
}

function play(user, manager) {
  console.log(`\n${user.title}, by ${manager}`)
  const project = join(scratch, `${manager}-${user.name}`)
  mkdirSync(project)
  const dependencies = Object.fromEntries(user.packages.map((name) => [name, '*']))
  installInto(project, { private: true, dependencies }, manager)
  checkInstalled(project, user.mustNotHave, manager)
  for (const step of user.steps) take(step, project, manager)
}

/** Installs what a manifest asks for. Whatever is ours comes from the tarballs, also where a tarball asks for it. */
function installInto(project, manifest, manager) {
  const overrides = Object.fromEntries([...tarballs].map(([name, file]) => [name, `file:${file}`]))
  const fromTarballs = (ranges = {}) =>
    Object.fromEntries(Object.entries(ranges).map(([name, range]) => [name, overrides[name] ?? range]))
  const dependencies = fromTarballs(manifest.dependencies)
  const devDependencies = fromTarballs(manifest.devDependencies)
  const pnpm = { overrides, onlyBuiltDependencies: ['better-sqlite3', 'zstd-napi'] }
  const direct = { ...dependencies, ...devDependencies }
  const npmOverrides = Object.fromEntries(Object.entries(overrides).filter(([name]) => direct[name] === undefined))
  const whole = { ...manifest, dependencies, devDependencies, overrides: npmOverrides, pnpm }
  writeFileSync(join(project, 'package.json'), JSON.stringify(whole))
  const how = manager === 'npm' ? ['--no-audit', '--no-fund'] : []
  const done = run(manager, ['install', '--prefer-offline', ...how], { cwd: project, env, quiet: true })
  if (!done.ok) fail(`${manager} install failed:\n${done.output}`)
}

function checkInstalled(project, mustNotHave, manager) {
  const names = installedNames(project, manager)
  const unwanted = mustNotHave.filter((name) => names.has(name))
  if (unwanted.length > 0) fail(`${unwanted.join(', ')} was installed too`)
  console.log(`  installs ${names.size} packages, without ${mustNotHave.join(', ')}`)
}

function installedNames(project, manager) {
  const lock = manager === 'npm' ? 'package-lock.json' : 'pnpm-lock.yaml'
  const text = readFileSync(join(project, lock), 'utf8')
  if (manager === 'npm') {
    const paths = Object.keys(JSON.parse(text).packages).filter((path) => path !== '')
    return new Set(paths.map((path) => path.split('node_modules/').at(-1)))
  }
  const packages = text.slice(text.indexOf('\npackages:'), text.indexOf('\nsnapshots:'))
  return new Set([...packages.matchAll(/^ {2}'?(@?[^@\s']+)@/gm)].map((match) => match[1]))
}

function take(step, project, manager) {
  const { title, files = {}, folder = '.' } = step
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(project, name), text.replaceAll('{project}', project))
  if (step.install === undefined) {
    const [command, ...words] = commandOf(step, project, manager)
    const PATH = [dirname(values.node), env.PATH].join(delimiter)
    const own = { PATH, HOME: project, NODE_NO_WARNINGS: '1' }
    const done = run(command, words, { cwd: join(project, folder), env: own, quiet: true })
    if (!done.ok) fail(`${title} failed:\n${done.output}`)
  } else {
    const inner = join(project, step.install)
    installInto(inner, JSON.parse(readFileSync(join(inner, 'package.json'), 'utf8')), manager)
  }
  console.log(`  ${title}`)
}

/** What a step runs: a script of its project, the package manager to link it, or else Node. */
function commandOf({ script, link, into, args }, project, manager) {
  if (script !== undefined) return [manager, 'run', script]
  if (link !== undefined) return linkCommand(join(project, link), join(project, into), manager)
  const tools = { '{tsc}': join(root, 'node_modules/typescript/bin/tsc'), '{types}': typeRoot }
  return [values.node, ...args.map((word) => tools[word] ?? word)]
}

function linkCommand(from, to, manager) {
  mkdirSync(to, { recursive: true, mode: 0o755 })
  return manager === 'npm'
    ? ['npm', 'install', '--no-audit', '--no-fund', '--prefix', to, from]
    : ['pnpm', '--dir', to, 'add', from]
}
