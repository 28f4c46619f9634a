import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'
import { fail, has, root, run } from './process.mjs'

const stampFile = join(root, 'node_modules', '.bakthat-install.json')

/**
 * Installs what the lock file says, unless that was done already, and answers with the environment in which pnpm and
 * turbo run: the pinned pnpm first on PATH, node-gyp pointed at this Node's own headers, nobody phoning home.
 */
export function install() {
  requireNode()
  const wanted = fingerprint()
  const stamp = readStamp()
  if (stamp.fingerprint === wanted && existsSync(join(stamp.pnpm, 'pnpm'))) return environment(stamp.pnpm)

  const pnpm = findPnpm()
  const env = environment(pnpm)
  process.stdout.write('Installing the dependencies (the first time takes a few minutes)\n')
  installDependencies(env)
  buildNativeModules(env)
  mkdirSync(dirname(stampFile), { recursive: true })
  writeFileSync(stampFile, JSON.stringify({ fingerprint: wanted, pnpm }))
  return env
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  fail(`This is Node ${process.versions.node}; Bakthat needs Node 20.19 or newer.`, 'Get it from https://nodejs.org.')
}

/** What the installed modules depend on: the lock file, the package manager, and the Node that native modules are built for. */
function fingerprint() {
  const hash = createHash('sha256')
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml']) hash.update(readFileSync(join(root, file)))
  return hash.update([pnpmPackage(), process.version, process.platform, process.arch].join(' ')).digest('hex')
}

function readStamp() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'))
  } catch {
    return {}
  }
}

/** `pnpm@<version>`, as package.json pins it. */
function pnpmPackage() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).packageManager.split('+')[0]
}

/** The directory that holds the pinned pnpm: npx fetches it once and keeps it. No corepack, nothing installed globally. */
function findPnpm() {
  const found = run('npx', ['--yes', `--package=${pnpmPackage()}`, '-c', 'command -v pnpm'], { quiet: true })
  const path = found.stdout.trim().split('\n').at(-1)
  if (found.ok && path) return dirname(path)
  process.stderr.write(found.output)
  return fail(
    `${pnpmPackage()} could not be fetched.`,
    'It comes from the npm registry, through npx: is the network up?',
  )
}

function environment(pnpm) {
  const env = {
    ...process.env,
    PATH: [pnpm, process.env.PATH].join(delimiter),
    TURBO_TELEMETRY_DISABLED: '1',
    TURBO_NO_UPDATE_NOTIFIER: '1',
    DO_NOT_TRACK: '1',
  }
  const prefix = resolve(dirname(process.execPath), '..')
  const headers = join(prefix, 'include', 'node', 'node.h')
  if (env.npm_config_nodedir === undefined && existsSync(headers)) env.npm_config_nodedir = prefix
  return env
}

function installDependencies(env) {
  const installed = run(
    'pnpm',
    ['install', '--frozen-lockfile', '--prefer-offline', '--config.confirmModulesPurge=false'],
    { env, quiet: true },
  )
  if (installed.ok) return
  process.stderr.write(installed.output)
  fail('The dependencies could not be installed.', compilerHint())
}

/** Native modules are compiled where no prebuilt binary can be had; ones that were built for another Node are built again. */
function buildNativeModules(env) {
  const broken = nativeModules().filter((module) => !loads(module))
  if (broken.length === 0) return
  const names = broken.map((module) => module.name)
  const rebuilt = run('pnpm', ['rebuild', '--recursive', ...names], { env, quiet: true })
  const missing = broken.filter((module) => !loads(module)).map((module) => module.name)
  if (missing.length === 0) return
  process.stderr.write(rebuilt.output)
  fail(`Native modules could not be built: ${missing.join(', ')}.`, compilerHint())
}

function nativeModules() {
  const modules = []
  // Newer Nodes take a version that comes built.
  if (Number(process.versions.napi) < 10) {
    const probe = "new (require('better-sqlite3'))(':memory:').close()"
    modules.push({ name: 'better-sqlite3', user: 'packages/catalog', probe })
  }
  // They have zstd of their own, too, and need no module for it.
  if (process.versions.zstd === undefined) {
    modules.push({ name: 'zstd-napi', user: 'packages/archive', probe: "require('zstd-napi')" })
  }
  return modules
}

/** Tried in a process of its own: a module that was built for another Node can take the process down. */
function loads({ user, probe }) {
  return run(process.execPath, ['-e', probe], { cwd: join(root, user), quiet: true }).ok
}

function compilerHint() {
  const missing = ['c++', 'make', 'python3'].filter((tool) => !has(tool))
  if (missing.length === 0) return 'The lines above say why.'
  return [
    `Native modules are compiled here, and this machine lacks: ${missing.join(', ')}.`,
    'On Debian and Ubuntu: apt-get install build-essential python3; on macOS: xcode-select --install. Then run this again.',
  ].join('\n')
}
