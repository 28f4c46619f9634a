import { execFile } from 'node:child_process'
import { chmod, mkdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import { open, type Bakthat, type Log } from 'bakthat'
import { place, type Place } from './place.js'

interface PluginPlace extends Place {
  readonly plugins: string
  /** What was logged, as `level message`. */
  readonly lines: string[]
  /** Writes a file of plugins. Every one of them imports what it needs from the SDK. */
  write(name: string, text: string): Promise<string>
  /** Opens with these plugins, and keys of theirs. */
  open(plugins: readonly string[], keys?: object): Promise<Bakthat>
}

async function pluginPlace(): Promise<PluginPlace> {
  const here = await place()
  const plugins = join(here.directory, 'plugins')
  await mkdir(plugins, { mode: 0o755 })
  const lines: string[] = []
  const keep = (level: string) => (message: string) => void lines.push(`${level} ${message}`)
  const log: Log = { debug: keep('debug'), info: keep('info'), warn: keep('warn'), error: keep('error') }
  return {
    ...here,
    plugins,
    lines,
    async write(name, text) {
      await writeFile(join(plugins, name), text, { mode: 0o644 })
      return join(plugins, name)
    },
    open: (names, keys = {}) => open({ conf: { ...here.conf, plugins_dir: plugins, plugins: names, ...keys }, log }),
  }
}

const sdk = "import { Plugin, AbortAction, defineBackend, defineCommand } from '@bakthat/plugin-sdk'\n"

const talking = `${sdk}
export class Talking extends Plugin {
  activate() {
    this.log.info('activate ' + this.conf.greeting)
    this.on('before_backup', ({ sessionId }) => this.log.info('before ' + sessionId))
    this.on('on_backup', ({ sessionId, result }) => this.log.info('on ' + sessionId + ' ' + result.filename))
    this.on('on_error', ({ error }) => this.log.info('error ' + error.code))
  }
  deactivate() {
    this.log.info('deactivate')
  }
}`

/** Installs a package whose plugin is in `main.js`, with these keys in its manifest. */
async function installAcme({ plugins }: PluginPlace, keys: object): Promise<void> {
  const directory = join(plugins, 'node_modules', '@acme', 'plugin')
  await mkdir(directory, { recursive: true, mode: 0o755 })
  await symlink(join(import.meta.dirname, '../node_modules/@bakthat'), join(plugins, 'node_modules', '@bakthat'))
  const manifest = { name: '@acme/plugin', version: '4.5.6', type: 'module', ...keys }
  await writeFile(join(directory, 'package.json'), JSON.stringify(manifest))
  const source = `${sdk}export default class AcmePlugin extends Plugin { activate() {} }
    export { AcmePlugin, AcmePlugin as Alias }`
  await writeFile(join(directory, 'main.js'), source, { mode: 0o644 })
}

describe('a plugin of the profile', () => {
  it('is activated once, hears of every action, and is deactivated once', async () => {
    await using here = await pluginPlace()
    await here.write('talking.js', talking)
    const bakthat = await here.open(['talking.Talking', 'talking.Talking'], { greeting: 'hello' })
    await bakthat.backup(here.tree)
    await bakthat.close()
    await bakthat.close()
    const sessionId = here.lines[1]?.split(' ')[2]
    const backup = [`info before ${sessionId}`, `info on ${sessionId} bak`]
    expect(here.lines).toEqual(['info activate hello', ...backup, 'info deactivate'])
  })

  it('is deactivated after an action that failed, and after one that was stopped', async () => {
    await using here = await pluginPlace()
    await here.write('talking.js', talking)
    for (const options of [{ signal: AbortSignal.abort() }, { compression: { level: 99 } }]) {
      await expect(
        (async () => {
          await using bakthat = await here.open(['talking.Talking'])
          await bakthat.backup(here.tree, options)
        })(),
      ).rejects.toThrow()
      expect(here.lines.splice(0).at(-1)).toBe('info deactivate')
    }
  })

  it('can be left out when opening', async () => {
    await using here = await pluginPlace()
    await here.write('talking.js', talking)
    const conf = { ...here.conf, plugins_dir: here.plugins, plugins: 'talking.Talking' }
    await using bakthat = await open({ conf, plugins: false })
    expect(bakthat.plugins).toEqual([])
  })

  it.each([
    ['mjs', `${sdk}export class Mine extends Plugin { activate() {} }`],
    ['js', `${sdk}export class Mine extends Plugin { activate() {} }`],
    ['js', "module.exports = make('Mine'); function make(n) { return { [n]: class extends Base { activate() {} } } }"],
    ['cjs', 'exports.Mine = class extends Base { activate() {} }'],
  ])('can be a file ending in .%s, as Node runs it: %#', async (extension, source) => {
    await using here = await pluginPlace()
    const base = source.startsWith('import') ? '' : "const Base = require('@bakthat/plugin-sdk').Plugin\n"
    await here.write(`some.thing.${extension}`, base + source)
    const conf = { ...here.conf, plugins_dir: here.plugins, plugins: ['some.thing.Mine'] }
    const script = `
      import { open } from 'bakthat'
      const bakthat = await open({ conf: ${JSON.stringify(conf)} })
      console.log(JSON.stringify(bakthat.plugins.map(({ state, problem }) => [state, problem?.message])))`
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
    expect(JSON.parse(stdout)).toEqual([['active', null]])
  })

  it('can be TypeScript where Node runs it, and is told to be compiled elsewhere', async () => {
    await using here = await pluginPlace()
    await here.write('typed.ts', `${sdk}export class Typed extends Plugin { activate(): void {} }`)
    await using bakthat = await here.open(['typed.Typed'])
    const runs = Boolean((process.features as { typescript?: unknown }).typescript)
    const refusal = { state: 'failed', problem: { code: 'UNSUPPORTED', hint: expect.stringContaining('compile it') } }
    expect(bakthat.plugins).toMatchObject([runs ? { state: 'active' } : refusal])
  })

  it.each(['npm:@acme/plugin', 'npm:@acme/plugin#AcmePlugin', 'npm:@acme/plugin#Alias'])(
    'can be a package: %s',
    async (name) => {
      await using here = await pluginPlace()
      await installAcme(here, { exports: './main.js' })
      await using bakthat = await here.open([name])
      expect(bakthat.plugins).toMatchObject([{ name, state: 'active', version: '4.5.6' }])
    },
  )

  it.each([
    { main: './main.js' },
    { exports: { '.': './main.js', './package.json': './package.json' } },
    { exports: { '.': { types: './main.d.ts', import: './main.js' } } },
    { exports: { require: './other.cjs', import: { browser: './other.js', node: './main.js' } } },
    { exports: { '.': [null, { default: './main.js' }] } },
  ])('is what import takes of its package: %j', async (keys) => {
    await using here = await pluginPlace()
    await installAcme(here, keys)
    await using bakthat = await here.open(['npm:@acme/plugin'])
    expect(bakthat.plugins).toMatchObject([{ state: 'active', version: '4.5.6' }])
  })

  it('finds the SDK without an installation, and leaves one that is there alone', async () => {
    await using here = await pluginPlace()
    await here.write('talking.js', talking)
    const link = join(here.plugins, 'node_modules', '@bakthat', 'plugin-sdk')
    await mkdir(join(link, '..'), { recursive: true })
    await symlink('/nowhere', link)
    await (await here.open(['talking.Talking'])).close()
    expect(JSON.parse(await readFile(join(link, 'package.json'), 'utf8'))).toMatchObject({
      name: '@bakthat/plugin-sdk',
    })
    const target = await readlink(link)
    await (await here.open(['talking.Talking'])).close()
    expect(await readlink(link)).toBe(target)
  })
})

describe('a plugin that cannot be used is left out, and what is wrong with it is told', () => {
  it.each([
    ['missing.Plugin', 'NOT_FOUND', /no missing\.js, \.mjs, \.cjs or \.ts in .*plugins$/],
    ['npm:@acme/missing', 'NOT_FOUND', /the package @acme\/missing is not installed/],
    ['../evil.Plugin', 'INVALID_CONFIG', /no name of a plugin/],
    ['plain', 'INVALID_CONFIG', /no name of a plugin/],
    ['talking.Wrong', 'NOT_FOUND', /\/talking\.js exports no Wrong/],
    ['wrong.NotOne', 'INVALID_CONFIG', /NotOne is no class that extends Plugin/],
    ['wrong.Old', 'UNSUPPORTED', /made for version 999\.1\.0 of the SDK/],
    ['wrong.Throwing', 'UNEXPECTED', /boom/],
    ['wrong.Twice', 'ALREADY_EXISTS', /destination local is there already: it is of Bakthat/],
    ['wrong.Unnamed', 'INVALID_INPUT', /"Not a scheme" cannot be the name of a destination/],
    ['broken.Plugin', 'INVALID_CONFIG', /\/broken\.mjs(:\d+)? is no JavaScript that Node understands: /],
  ])('%s is %s', async (name, code, message) => {
    await using here = await pluginPlace()
    await here.write('talking.js', talking)
    await here.write('broken.mjs', 'export class {')
    await here.write(
      'wrong.js',
      `${sdk}
      export class NotOne {}
      export class Old extends Plugin { static get [Symbol.for('@bakthat/plugin-sdk/Plugin')]() { return '999.1.0' } activate() {} }
      export class Throwing extends Plugin { activate() { this.on('on_backup', () => this.log.info('heard')); throw new Error('boom') } }
      const backend = (scheme) => defineBackend({ scheme, parse: () => 1, open: () => { throw new Error() } })
      export class Twice extends Plugin { activate() { this.backends.add(backend('local')) } }
      export class Unnamed extends Plugin { activate() { this.backends.add(backend('Not a scheme')) } }`,
    )
    await using bakthat = await here.open([name, 'talking.Talking'])
    expect(bakthat.plugins).toMatchObject([
      { name, state: 'failed', problem: { code, message: expect.stringMatching(message) }, events: [], backends: [] },
      { name: 'talking.Talking', state: 'active' },
    ])
    expect(here.lines[0]).toMatch(new RegExp(`^error the plugin ${name.replaceAll('.', '\\.')} is left out: `))
    await bakthat.backup(here.tree)
    expect(here.lines).not.toContain('info heard')
  })

  it.each([
    ["this.commands.add({ name: 'hi', summary: 'Hi' })", 'the command hi has no run'],
    ["this.commands.add({ name: 'hi', run })", 'the command hi has no summary'],
    [
      "this.commands.add({ name: 'hi', summary: 'Hi', run, options: { n: { kind: 'number', description: 'How many' } } })",
      'the option --n of the command hi has no kind',
    ],
    [
      "this.commands.add({ name: 'hi', summary: 'Hi', run, options: { n: { kind: 'amount' } } })",
      'the option --n of the command hi has no description',
    ],
    [
      "this.commands.add({ name: 'hi', summary: 'Hi', run, arguments: ['whom'] })",
      'an argument of the command hi has no name',
    ],
    [
      "this.commands.add({ name: 'hi', summary: 'Hi', run, arguments: [{ kind: 'one', name: 'whom', description: 'Whom' }] })",
      'the argument whom of the command hi has no kind',
    ],
    ["this.backends.add({ scheme: 'shelf' })", 'the destination shelf has no open'],
    ["this.compressions.use('lzma', new URL('file:///lzma.js'))", 'there is no compression "lzma"'],
    ["this.compressions.use('gzip', 'file:///gzip.js')", 'the module of the compression gzip is no URL'],
  ])('because of what it defines: %s', async (definition, message) => {
    await using here = await pluginPlace()
    await here.write(
      'careless.js',
      `${sdk} const run = () => ({ text: '' })
      export class Careless extends Plugin { activate() { ${definition} } }`,
    )
    await using bakthat = await here.open(['careless.Careless'])
    expect(bakthat.plugins).toMatchObject([{ state: 'failed', problem: { code: 'INVALID_INPUT', message } }])
  })

  it('and can add nothing afterwards, though it is still at work', async () => {
    await using here = await pluginPlace()
    await here.write(
      'late.js',
      `${sdk}
      const refused = (act) => { try { act(); return 'done' } catch (error) { return error.code } }
      export class Late extends Plugin {
        activate() { globalThis.late = () => [
          refused(() => this.on('before_backup', () => { throw new AbortAction('late') })),
          refused(() => this.backends.add(defineBackend({ scheme: 'late', parse: () => 1, open: () => { throw new Error() } }))),
          refused(() => this.extendCatalog(() => ({ late: () => 1 }))),
        ]; throw new Error('boom') }
      }`,
    )
    await using bakthat = await here.open(['late.Late'])
    const late = (globalThis as unknown as { late: () => string[] }).late
    expect(late()).toEqual(['INVALID_INPUT', 'INVALID_INPUT', 'INVALID_INPUT'])
    await expect(bakthat.backup(here.tree)).resolves.toMatchObject({ backend: 'local' })
  })

  it.each([
    ['its file', 'talking.js'],
    ['its directory', '.'],
  ])('because others can write to %s', async (_, path) => {
    await using here = await pluginPlace()
    await here.write('talking.js', talking)
    const open = join(here.plugins, path)
    await chmod(open, (await stat(open)).mode | 0o020)
    await using bakthat = await here.open(['talking.Talking'])
    expect(bakthat.plugins).toMatchObject([
      { state: 'failed', problem: { code: 'PERMISSION_DENIED', hint: `chmod go-w ${open}` } },
    ])
    expect(here.lines).toEqual([expect.stringContaining('is left out: others can write to')])
  })
})

describe('a destination of a plugin', () => {
  const shelf = `${sdk}
    export class Shelf extends Plugin {
      activate() {
        this.backends.add(defineBackend({ scheme: 'shelf', parse, open: (directory) => this.open(directory) }))
      }
      async open(directory) {
        const { openLocal } = await import(this.conf.local_package)
        const inner = openLocal(directory)
        const methods = ['put', 'stat', 'retrieve', 'remove', 'locate', 'list', 'close']
        const forwarded = methods.map((name) => [name, (...given) => inner[name](...given)])
        const { container, capabilities } = inner
        return { scheme: this.conf.says ?? 'shelf', container, capabilities, ...Object.fromEntries(forwarded) }
      }
    }
    function parse({ shelf_directory: directory }) {
      if (typeof directory !== 'string') throw new Error('shelf_directory is missing')
      return directory
    }`
  const keys = { local_package: createRequire(import.meta.url).resolve('@bakthat/local') }

  it('that cannot be closed is told, and what was stored is stored', async () => {
    await using here = await pluginPlace()
    await here.write(
      'shelf.js',
      shelf.replace(
        'return { scheme',
        `forwarded.push(['close', () => Promise.reject(new Error('jammed'))])\n return { scheme`,
      ),
    )
    const shelfKeys = { ...keys, shelf_directory: join(here.directory, 'shelf'), default_destination: 'shelf' }
    const bakthat = await here.open(['shelf.Shelf'], shelfKeys)
    await bakthat.backup(here.tree)
    await bakthat.close()
    expect(here.lines).toEqual(['warn a destination could not be closed: jammed'])
  })

  it('can be used at once', async () => {
    await using here = await pluginPlace()
    await here.write('shelf.js', shelf)
    const shelfKeys = { ...keys, shelf_directory: join(here.directory, 'shelf'), default_destination: 'shelf' }
    await using bakthat = await here.open(['shelf.Shelf'], shelfKeys)
    expect(bakthat.plugins).toMatchObject([{ backends: ['shelf'] }])
    const { backend } = await bakthat.backup(here.tree)
    await bakthat.restore('bak', { destination: 'shelf', to: join(here.directory, 'to') })
    expect(await readFile(join(here.directory, 'to', 'bak', 'sub', 'file.txt'), 'utf8')).toBe('kept')
    expect(backend).toBe('shelf')
  })

  it('has its settings checked, with its own name in errors', async () => {
    await using here = await pluginPlace()
    await here.write('shelf.js', shelf)
    await using bakthat = await here.open(['shelf.Shelf'], keys)
    await expect(bakthat.backup(here.tree, { destination: 'shelf' })).rejects.toMatchObject({
      code: 'INVALID_CONFIG',
      message: 'shelf: shelf_directory is missing',
      hint: 'mend the keys of the destination shelf in the profile',
    })
    await expect(bakthat.backup(here.tree, { destination: 'shelv' })).rejects.toMatchObject({
      hint: expect.stringContaining('shelf'),
    })
  })

  it('must go by the name that it was added under', async () => {
    await using here = await pluginPlace()
    await here.write('shelf.js', shelf)
    await using bakthat = await here.open(['shelf.Shelf'], { ...keys, shelf_directory: here.directory, says: 'local' })
    await expect(bakthat.backup(here.tree, { destination: 'shelf' })).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      message: 'the backend of shelf says that it is "local"',
    })
  })
})

describe('what a plugin gives to others', () => {
  it('are methods of the catalog that know of one another', async () => {
    await using here = await pluginPlace()
    await here.write(
      'marks.js',
      `${sdk}export class Marks extends Plugin {
        activate() {
          this.extendCatalog(() => {
            const marked = []
            return { mark: (name) => void marked.push(name), marked: () => marked }
          })
        }
      }`,
    )
    await using bakthat = await here.open(['marks.Marks'])
    const catalog = (await bakthat.catalog()) as unknown as { mark(name: string): void; marked(): string[] }
    catalog.mark('bak')
    expect(catalog.marked()).toEqual(['bak'])
  })

  it('are methods of the catalog', async () => {
    await using here = await pluginPlace()
    await here.write(
      'sizes.js',
      `${sdk}export class Sizes extends Plugin {
        activate() {
          this.extendCatalog((catalog) => ({ totalSize: () => catalog.find().reduce((sum, { size }) => sum + size, 0) }))
          this.on('on_backup', async () => this.log.info('total ' + (await this.catalog()).totalSize()))
        }
      }`,
    )
    await using bakthat = await here.open(['sizes.Sizes'])
    const { size } = await bakthat.backup(here.tree)
    const catalog = (await bakthat.catalog()) as unknown as { totalSize(): number }
    expect(catalog.totalSize()).toBe(size)
    expect(here.lines).toEqual([`info total ${size}`])
    expect(bakthat.plugins).toMatchObject([{ catalogMethods: ['totalSize'] }])
  })

  it.each([
    ['wraps', 'usual.compress(bytes)', /^$/],
    ['gets wrong', 'new Uint8Array(3)', /^compressed by the usual gzip, for file:.*better\.js failed: Error: /],
  ])('is a compression, which no backup depends on, whether it %s it', async (_, expression, warning) => {
    await using here = await pluginPlace()
    const seen = join(here.directory, 'seen')
    await here.write(
      'better.js',
      `import { appendFileSync } from 'node:fs'
      export const createCompressor = (usual, level) => ({
        compress(bytes) {
          appendFileSync(${JSON.stringify(seen)}, 'level ' + level)
          return ${expression}
        },
      })
      import { Plugin } from '@bakthat/plugin-sdk'
      export class Better extends Plugin { activate() { this.compressions.use('gzip', new URL(import.meta.url)) } }`,
    )
    const conf = { ...here.conf, plugins_dir: here.plugins, plugins: ['better.Better'], compression_level: 7 }
    const script = `
      import { open } from 'bakthat'
      const bakthat = await open({ conf: ${JSON.stringify(conf)} })
      const [{ compressions }] = bakthat.plugins
      const { storedFilename, warnings } = await bakthat.backup(${JSON.stringify(here.tree)})
      console.log(compressions, storedFilename, (await bakthat.verify('bak'))[0].outcome)
      console.error(warnings.map(({ message }) => message).join())`
    const child = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
    expect(child.stdout).toMatch(/^\[ 'gzip' \] bak\.\d{14}\.tgz contents\n$/)
    expect(child.stderr.trim()).toMatch(warning)
    expect(await readFile(seen, 'utf8')).toBe('level 7')
  })

  it('are commands, and no two of one name', async () => {
    await using here = await pluginPlace()
    await here.write(
      'commands.js',
      `${sdk}const command = defineCommand({ name: 'greet', summary: 'Greet', run: () => ({ text: 'hello' }) })
      export class One extends Plugin { activate() { this.commands.add(command) } }
      export class Two extends Plugin { activate() { this.commands.add(command) } }`,
    )
    await using bakthat = await here.open(['commands.One', 'commands.Two'])
    expect(bakthat.plugins).toMatchObject([
      { state: 'active', commands: [{ name: 'greet' }] },
      { state: 'failed', problem: { message: 'the command greet is there already: it is of the plugin commands.One' } },
    ])
  })
})
