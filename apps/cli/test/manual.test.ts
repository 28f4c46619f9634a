import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { commands } from '../src/commands/index.js'
import { bin, execute, type Run } from './support/bin.js'

interface Named {
  readonly name: string
}

/** A process of its own: the page of the program loads every command in turn, and Jest's loader loses modules over that. */
const run = (argv: readonly string[]): Promise<Run> =>
  execute(process.execPath, [bin, ...argv], { cwd: tmpdir(), env: process.env })

const hasMandoc = spawnSync('mandoc', ['-Tlint', '/dev/null']).error === undefined
const judged = hasMandoc ? it : it.skip

describe('the manual', () => {
  it('tells of every command, option and exit status', async () => {
    const { stdout } = await run(['man'])
    for (const part of ['.TH "BAKTHAT" 1', 'bakthat\\-backup(1)', '.SH "EXIT STATUS"', '.SH "FILES"'])
      expect(stdout).toContain(part)
  })

  it('has a page for a command, with its options and examples', async () => {
    const { stdout } = await run(['man', 'restore'])
    for (const part of [
      '.TH "BAKTHAT\\-RESTORE" 1',
      '.B "\\-\\-to DIR"',
      '  bakthat restore photos \\-\\-to /tmp/again',
    ])
      expect(stdout).toContain(part)
  })

  it('is data too: every command, with the options that its page has', async () => {
    const manual = JSON.parse((await run(['man', '--json'])).stdout) as {
      readonly commands: readonly (Named & { readonly options: readonly Named[] })[]
      readonly options: readonly Named[]
    }
    expect(manual.commands.map(({ name }) => name)).toEqual(commands.map(({ name }) => name))
    expect(manual.options.map(({ name }) => name)).toContain('no-color')

    const restore = manual.commands.find(({ name }) => name === 'restore')!
    expect(JSON.parse((await run(['man', 'restore', '--json'])).stdout)).toEqual(restore)
    const page = (await run(['man', 'restore'])).stdout.replaceAll('\\-', '-')
    expect([...restore.options, ...manual.options].filter(({ name }) => !page.includes(`--${name}`))).toEqual([])
    expect(restore.options.length).toBeGreaterThan(10)
  })

  it('has none for what is no command', async () => {
    expect((await run(['man', 'nothing'])).status).toBe(2)
  })

  it('is written whole into a directory, over an older one', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'bakthat-manual-'))
    await writeFile(join(directory, 'bakthat.1'), 'an older one')
    try {
      expect(await run(['man', '--to', directory])).toMatchObject({ status: 0 })
      const files = await readdir(directory)
      expect(files).toEqual(expect.arrayContaining(['bakthat.1', 'bakthat-backup.1', 'bakthat-kv-set.1']))
      expect(await readFile(join(directory, 'bakthat.1'), 'utf8')).toBe((await run(['man'])).stdout)
    } finally {
      await rm(directory, { recursive: true })
    }
  })

  it('is written whole or asked for one page of, not both', async () => {
    expect((await run(['man', 'backup', '--to', '.'])).status).toBe(2)
  })

  it('is installed with the program, every page of it', async () => {
    const { man } = JSON.parse(await readFile('package.json', 'utf8')) as { readonly man: readonly string[] }
    expect(man).toEqual((await readdir('dist/man')).sort().map((file) => `./dist/man/${file}`))
  })

  // A page has no date: it is a function of the version, and two builds of one are the same.
  judged('is what mandoc expects, but for a date', async () => {
    const pages = (await readdir('dist/man')).map((file) => join('dist/man', file))
    const { stdout: said } = spawnSync('mandoc', ['-Tlint', '-W', 'warning', ...pages], { encoding: 'utf8' })
    expect(said.split('\n').filter((line) => line !== '' && !line.includes('missing date'))).toEqual([])
  })
})
