import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import type { BackupEntry } from 'bakthat'
import { Home } from './support/bin.js'
import { FakeHost, run } from './support/fake-host.js'

/** A home with one backup of a small tree, which is called `site`. */
async function withBackup(test: (home: Home) => Promise<void>): Promise<void> {
  const home = new Home()
  try {
    mkdirSync(home.join('site', 'sub'), { recursive: true })
    writeFileSync(home.join('site', 'index.html'), '<html>')
    writeFileSync(home.join('site', 'sub', 'new\nline'), 'x'.repeat(12_345))
    symlinkSync('index.html', home.join('site', 'link'))
    chmodSync(home.join('site', 'index.html'), 0o4751)
    chmodSync(home.join('site', 'sub'), 0o1770)
    chmodSync(home.join('site', 'sub', 'new\nline'), 0o644)
    for (const path of ['site', 'site/sub', 'site/index.html']) utimesSync(home.join(path), 1e9, 1e9)
    utimesSync(home.join('site/sub/new\nline'), 1e9, 1e9)
    await home.run(['backup', 'site'])
    await test(home)
  } finally {
    home.remove()
  }
}

describe('the contents of a backup', () => {
  it('are listed as ls does', () =>
    withBackup(async (home) => {
      const { status, stdout, stderr } = await home.run(['contents', 'site'])
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
      expect(stdout.replace(/^(l.{11}).{26}/m, '$1…')).toMatchInlineSnapshot(`
       "Mode            Size  Changed (UTC)     Path
       drwxr-xr-x            2001-09-09 01:46  site/
       -rwsr-x--x       6 B  2001-09-09 01:46  site/index.html
       lrwxrwxrwx  …  site/link -> index.html
       drwxrwx--T            2001-09-09 01:46  site/sub/
       -rw-r--r--   12.3 kB  2001-09-09 01:46  site/sub/new\\nline
       "
      `)
    }))

  it('can be those of some paths, and are one document for programs', () =>
    withBackup(async (home) => {
      const { stdout } = await home.run(['contents', 'site', 'site/sub', 'site/link', '--json'])
      expect(JSON.parse(stdout)).toEqual([
        {
          path: 'site/link',
          type: 'symlink',
          size: 0,
          mode: '0777',
          modified: expect.any(String),
          link_target: 'index.html',
        },
        { path: 'site/sub', type: 'directory', size: 0, mode: '1770', modified: '2001-09-09T01:46:40.000Z' },
        {
          path: 'site/sub/new\\nline',
          type: 'file',
          size: 12_345,
          mode: expect.any(String),
          modified: '2001-09-09T01:46:40.000Z',
        },
      ])
    }))

  it('are written for programs in pieces, so that no number of files makes a text too long', async () => {
    const entry = (number: number): BackupEntry => ({
      path: `site/${number}`,
      type: 'file',
      size: number,
      mode: 0o644,
      mtimeNs: 0n,
    })
    async function* entries(): AsyncGenerator<BackupEntry> {
      for (let number = 0; number < 2001; number++) yield Promise.resolve(entry(number))
    }
    const host = new FakeHost({ library: { entries } })
    const { stdout } = await host.run('contents', 'site', '--json')
    const listed = JSON.parse(stdout) as readonly BackupEntry[]
    expect(listed.map(({ path, size }) => [path, size])).toEqual(
      Array.from({ length: 2001 }, (_, number) => [`site/${number}`, number]),
    )
    expect(stdout).toBe(`${JSON.stringify(listed, undefined, 2)}\n`)
    expect(host.longestWrite).toBeLessThan(stdout.length / 2)
  })

  it('show times of any year', async () => {
    const days = ['-000001-12-31', '2026-03-18', '+010000-01-01']
    async function* entries(): AsyncGenerator<BackupEntry> {
      for (const path of days) {
        const mtimeNs = BigInt(Date.parse(`${path}T11:05:09Z`)) * 1_000_000n
        yield Promise.resolve({ path, type: 'file' as const, size: 1, mode: 0o644, mtimeNs })
      }
    }
    const { stdout } = await new FakeHost({ library: { entries } }).run('contents', 'site')
    expect(stdout.split('\n').slice(1, -1)).toEqual(days.map((day) => `-rw-r--r--       1 B  ${day} 11:05  ${day}`))
  })

  it('lack what is not there, in a backup that is', () =>
    withBackup(async (home) => {
      expect(await home.run(['contents', 'site', 'site/su'])).toMatchObject({
        status: 4,
        stderr: expect.stringMatching(
          /^error: there is no "site\/su" in the archive\n {2}hint: .*bakthat contents NAME/,
        ),
      })
      expect(await home.run(['contents', 'nothing'])).toMatchObject({ status: 4 })
      expect(await run(['contents'])).toMatchObject({ status: 2 })
    }))

  it('are restored one by one, by the names that are listed', () =>
    withBackup(async (home) => {
      const { status, stdout } = await home.run(['restore', 'site', '--only', 'site/sub/new\\nline', '--to', 'again'])
      expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/12\.3 kB in 1 file\n/) })
      expect(readFileSync(home.join('again', 'site', 'sub', 'new\nline'), 'utf8')).toHaveLength(12_345)
      expect(existsSync(home.join('again', 'site', 'index.html'))).toBe(false)
    }))

  it('are looked at one by one on standard output', () =>
    withBackup(async (home) => {
      const look = (...only: string[]) =>
        home.run(['restore', 'site', '--stdout', ...only.flatMap((path) => ['--only', path])])
      expect(await look('site/index.html')).toEqual({ status: 0, stdout: '<html>', stderr: '' })
      expect(await look('site/sub')).toMatchObject({
        status: 2,
        stderr: expect.stringContaining('site/sub is no file'),
      })
      expect(await look('site/nothing')).toMatchObject({ status: 4, stdout: '' })
    }))

  it.each([
    [['--overwrite'], 'replaces nothing'],
    [['--stdout', '--only', 'site/link'], 'one --only'],
  ])('are not restored in part with %j', (options, words) =>
    withBackup(async (home) => {
      expect(await home.run(['restore', 'site', '--only', 'site/sub', ...options])).toMatchObject({
        status: 2,
        stderr: expect.stringContaining(words),
      })
    }),
  )
})
