import { mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { execute, Home, type Run } from './support/bin.js'

const cli = join(import.meta.dirname, '..')
const projects = [
  {
    word: 'chatty',
    options: [],
    test: 'index',
    className: 'ChattyPlugin',
    adds: { events: ['on_backup'], backends: [] },
  },
  {
    word: 'cold-shelf-2',
    options: ['--backend'],
    test: 'store',
    className: 'ColdShelf2Plugin',
    adds: { events: [], backends: ['cold-shelf-2'] },
  },
] as const

let home: Home
beforeAll(() => {
  home = new Home()
})
afterAll(() => home.remove())

/** Runs a program in a project. */
function inProject(word: string, ...argv: readonly string[]): Promise<Run> {
  const cwd = home.join(word)
  return execute(process.execPath, argv, { cwd, env: home.env })
}

describe.each(projects)('bakthat plugin new $word', ({ word, options, test, className, adds }) => {
  it('makes a project, and tells what is in it', async () => {
    const { status, stdout, stderr } = await home.run(['plugin', 'new', word, ...options, '--json'])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const made = JSON.parse(stdout) as { files: string[] }
    expect(made).toEqual({
      package: `bakthat-plugin-${word}`,
      plugin: className,
      directory: home.join(word),
      files: expect.arrayContaining(['.gitignore', 'README.md', 'package.json', 'src/index.ts', 'tsconfig.json']),
    })
    expect(filesIn(home.join(word))).toEqual([...made.files].sort())
  })

  it('leaves nothing of the template unsaid', () => {
    const texts = filesIn(home.join(word)).map((file) => readFileSync(home.join(word, file), 'utf8'))
    expect(texts.filter((text) => /sample|"\*"|workspace:|catalog:/i.test(text))).toEqual([])
  })

  it('makes one that builds, and whose tests pass', async () => {
    // Where an installation would put the dependencies.
    symlinkSync(join(cli, 'node_modules'), home.join(word, 'node_modules'))
    expect(await inProject(word, 'node_modules/typescript/bin/tsc')).toMatchObject({ status: 0, stdout: '' })
    const { stdout } = await inProject(word, '--test', '--test-reporter=tap', `dist/${test}.test.js`)
    expect(stdout).toMatch(/^# fail 0$/m)
    expect(Number(/^# pass (\d+)$/m.exec(stdout)?.[1])).toBeGreaterThan(test === 'store' ? 80 : 0)
  })

  it('makes a plugin that is loaded from a directory of plugins', async () => {
    mkdirSync(home.join('plugins', 'node_modules'), { recursive: true, mode: 0o755 })
    symlinkSync(home.join(word), home.join('plugins', 'node_modules', `bakthat-plugin-${word}`))
    enable([word])
    const { stdout } = await home.spawn(['plugins', '--json'])
    expect(JSON.parse(stdout)).toMatchObject([{ state: 'active', version: '0.1.0', ...adds }])
  })
})

describe('the projects', () => {
  it('work with one another: a backup goes to the backend, is told of, and comes back', async () => {
    enable(projects.map(({ word }) => word))
    writeFileSync(home.join('dump.sql'), 'select 1')
    const stored = await home.spawn(['backup', 'dump.sql', '-d', 'cold-shelf-2', '--prompt', 'no'])
    expect(stored.stderr).toMatch(/^dump\.sql: 8 bytes read, \d+ stored$/m)
    expect(await home.spawn(['restore', 'dump.sql', '-d', 'cold-shelf-2', '--to', 'again', '-q'])).toMatchObject({
      status: 0,
      stderr: '',
    })
    expect(readFileSync(home.join('again', 'dump.sql'), 'utf8')).toBe('select 1')
  })

  it('are told where a key of their profile is wrong', async () => {
    enable(['cold-shelf-2'], { cold_shelf_2_dir: 'relative' })
    expect(await home.spawn(['backup', 'dump.sql', '-d', 'cold-shelf-2'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('cold-shelf-2: cold_shelf_2_dir is not an absolute path'),
    })
  })
})

describe('bakthat plugin new', () => {
  it('leaves a directory of that name as it is', async () => {
    mkdirSync(home.join('mine'))
    expect(await home.run(['plugin', 'new', 'mine'])).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/mine exists already and was left as it is\n/),
    })
    expect(readdirSync(home.join('mine'))).toEqual([])
  })

  it.each(['Shelf', '2fast', '../up', 'a_b', 'a--b', '-', 'x'.repeat(61)])('refuses the name %j', async (name) => {
    const before = readdirSync(home.path)
    const { status, stderr } = await home.run(['plugin', 'new', '--', name])
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining('a plugin cannot be named') })
    expect(readdirSync(home.path)).toEqual(before)
  })

  it('refuses a backend called as one of those that there are', async () => {
    expect(await home.run(['plugin', 'new', 's3', '--backend'])).toMatchObject({ status: 2 })
  })
})

function enable(words: readonly string[], keys: object = {}): void {
  const plugins = words.map((word) => `npm:bakthat-plugin-${word}`)
  const conf = { plugins_dir: home.join('plugins'), plugins, cold_shelf_2_dir: home.join('shelf'), ...keys }
  writeFileSync(home.join('.bakthat.yml'), JSON.stringify({ default: conf }), { mode: 0o600 })
}

function filesIn(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .sort()
}
