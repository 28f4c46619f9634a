import { spawnSync } from 'node:child_process'
import { describe, expect, it } from '@jest/globals'
import { run } from './support/fake-host.js'

const pages = [[], ['backup'], ['restore'], ['rotate'], ['keygen'], ['version']] as const
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

  // A page has no date: it is a function of the version, and two builds of one are the same.
  judged.each(pages.map((page) => [page]))('%j is what mandoc expects, but for a date', async (page) => {
    const { stdout } = await run(['man', ...page])
    const { stdout: said } = spawnSync('mandoc', ['-Tlint', '-W', 'warning'], { input: stdout, encoding: 'utf8' })
    expect(said.split('\n').filter((line) => line !== '' && !line.includes('missing date'))).toEqual([])
  })
})
