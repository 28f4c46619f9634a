import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { run } from './support/fake-host.js'

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
