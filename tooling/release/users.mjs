// `npm run release:users`: the packages as their users get them: packed, installed by npm and by pnpm into an empty
// project each, and used there. `-- --node PATH` uses them with another Node than the one they are installed with,
// `--only NAME` takes one user, `--by NAME` one package manager.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
  installInto(project, user.packages, manager)
  checkInstalled(project, user.mustNotHave, manager)
  for (const step of user.steps) take(step, project)
}

/** Whatever is ours comes from the tarballs, also where a tarball asks for it. */
function installInto(project, packages, manager) {
  mkdirSync(project)
  const overrides = Object.fromEntries([...tarballs].map(([name, file]) => [name, `file:${file}`]))
  const dependencies = Object.fromEntries(packages.map((name) => [name, overrides[name]]))
  const pnpm = { overrides, onlyBuiltDependencies: ['better-sqlite3', 'zstd-napi'] }
  const npmOverrides = Object.fromEntries(Object.entries(overrides).filter(([name]) => !packages.includes(name)))
  const manifest = { private: true, dependencies, overrides: npmOverrides, pnpm }
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest))
  const quiet = manager === 'npm' ? ['--no-audit', '--no-fund'] : []
  const done = run(manager, ['install', ...quiet], { cwd: project, env, quiet: true })
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

function take({ title, files = {}, args }, project) {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(project, name), text)
  const tools = { '{tsc}': join(root, 'node_modules/typescript/bin/tsc'), '{types}': typeRoot }
  const words = args.map((word) => tools[word] ?? word)
  const own = { PATH: env.PATH, HOME: project, NODE_NO_WARNINGS: '1' }
  const done = run(values.node, words, { cwd: project, env: own, quiet: true })
  if (!done.ok) fail(`${title} failed:\n${done.output}`)
  console.log(`  ${title}`)
}
