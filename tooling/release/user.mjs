import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fail, root, run } from '../bootstrap/process.mjs'

/** What Nodes without zstd of their own need compiled. pnpm compiles nothing unless it is told to. */
const native = ['better-sqlite3', 'zstd-napi']

/** Somebody who uses our packages: a home and a project that are empty at first, and a package manager. */
export class User {
  #words

  /** `home` is an empty directory; nothing is written outside of it but the store of pnpm, where what it compiled is found again. */
  constructor(home, { manager, registry, env }) {
    this.home = home
    this.manager = manager
    this.#words = wordsOf(manager, env)
    this.project = join(home, 'project')
    mkdirSync(this.project, { recursive: true })
    this.file('package.json', '{ "private": true }')
    const global = join(home, 'global')
    this.env = {
      ...env,
      HOME: home,
      PNPM_HOME: global,
      npm_config_registry: registry,
      ...(manager === 'npm'
        ? { npm_config_prefix: global, npm_config_audit: 'false' }
        : { npm_config_store_dir: storeOf(env) }),
      NODE_NO_WARNINGS: '1',
      PATH: `${manager === 'npm' ? join(global, 'bin') : global}:${env.PATH}`,
    }
  }

  /** Writes a file of the project, or of the home. */
  file(path, text) {
    const whole = join(this.project, path)
    mkdirSync(dirname(whole), { recursive: true })
    writeFileSync(whole, text)
  }

  /** Installs a package into the project. */
  add(name) {
    this.run(`installs ${name}`, [this.manager, ...this.#words.add, name])
  }

  /** Installs a package for every project; its command is found from then on. */
  addGlobally(name) {
    mkdirSync(join(this.home, 'global'), { recursive: true })
    this.run(`installs ${name} globally`, [this.manager, ...this.#words.addGlobally, name])
  }

  /** Installs what a folder of the project asks for. */
  install(folder) {
    this.run(`installs what ${folder} needs`, [this.manager, 'install'], { folder })
  }

  /** Runs the tests of a folder of the project. */
  test(folder) {
    this.run(`runs the tests of ${folder}`, [this.manager, ...this.#words.test], { folder })
  }

  /** Installs a package, by its name or folder, where Bakthat looks for plugins. */
  addPlugin(from) {
    const to = join(this.home, '.bakthat_plugins')
    mkdirSync(to, { recursive: true, mode: 0o755 })
    const words = this.manager === 'npm' ? ['install', '--prefix', to, from] : ['--dir', to, 'add', from]
    this.run(`puts ${from.replace(`${this.project}/`, '')} where plugins are`, [this.manager, ...words])
  }

  /** Calls the command of a package that is not installed. */
  once(title, name, ...words) {
    return this.run(title, [...this.#words.once, name, ...words])
  }

  bakthat(title, ...words) {
    return this.run(title, ['bakthat', ...words])
  }

  /** Runs CommonJS that is to end well. */
  script(title, text) {
    return this.run(title, ['node', '--input-type=commonjs', '--eval', text])
  }

  /** The types resolve, and are true, with each way of finding modules that TypeScript has for ESM. */
  typeChecks(text) {
    this.file('user.ts', text)
    const types = join(root, 'packages/errors/node_modules/@types')
    const strictly = ['--noEmit', '--strict', '--target', 'es2022', '--types', 'node', '--typeRoots', types]
    for (const [resolution, module] of [
      ['nodenext', 'nodenext'],
      ['bundler', 'preserve'],
    ]) {
      const how = [...strictly, '--module', module, '--moduleResolution', resolution, 'user.ts']
      const tsc = join(root, 'node_modules/typescript/bin/tsc')
      this.run(`type-checks with moduleResolution ${resolution}`, ['node', tsc, ...how])
    }
  }

  /** Tells what the project has got, and that none of these came along. */
  lacks(...unwanted) {
    const names = this.#installed()
    const found = unwanted.filter((name) => names.has(name))
    if (found.length > 0) fail(`${found.join(', ')} was installed too`)
    console.log(`  has ${names.size} packages: ${[...names].sort().join(', ')}`)
    console.log(`  but not ${unwanted.join(', ')}`)
  }

  /** Runs a program in the project, or a folder of it; ends everything where it does not end well, else answers with its output. */
  run(title, [command, ...words], { folder = '.' } = {}) {
    const done = run(command, words, { cwd: join(this.project, folder), env: this.env, quiet: true })
    if (!done.ok) fail(`${title} failed: ${[command, ...words].join(' ')}\n${done.output}`)
    console.log(`  ${title}`)
    return done.stdout
  }

  #installed() {
    const modules = join(this.project, 'node_modules')
    if (this.manager === 'pnpm') return new Set(readdirSync(join(modules, '.pnpm')).flatMap(packageOfFolder))
    const { packages } = JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8'))
    return new Set(Object.keys(packages).map((path) => path.split('node_modules/').at(-1)))
  }
}

/** What the package manager has to be told to do it, and which words call a package's command without installing it. */
function wordsOf(manager, env) {
  if (manager === 'npm')
    return { add: ['install'], addGlobally: ['install', '--global'], test: ['test'], once: ['npx', '--yes'] }
  const hasZstd = run('node', ['--print', 'process.versions.zstd !== undefined'], { env, quiet: true }).stdout.trim()
  const allowed = hasZstd === 'true' ? [] : native.map((name) => `--allow-build=${name}`)
  return {
    add: ['add', ...allowed],
    addGlobally: ['add', '--global', ...allowed],
    test: ['test'],
    once: ['pnpm', ...allowed, 'dlx'],
  }
}

/** The package of which a folder of pnpm's store is: `@aws-sdk+core@3.1.0` is `@aws-sdk/core`. */
function packageOfFolder(folder) {
  const name = /^(@?[^@]+)@/.exec(folder)?.[1]
  return name === undefined ? [] : [name.replace('+', '/')]
}

function storeOf(env) {
  return run('pnpm', ['store', 'path'], { env, quiet: true }).stdout.trim()
}
