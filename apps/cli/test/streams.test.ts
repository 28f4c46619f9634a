import { describe, expect, it } from '@jest/globals'
import { readFileSync } from 'node:fs'
import type { Bakthat } from 'bakthat'
import { atHome, bin, execute } from './support/bin.js'
import { run } from './support/fake-host.js'
import { backupResultOf } from './support/samples.js'

describe('a stream', () => {
  it('goes from standard input into a backup, and back out to standard output or into a file', () =>
    atHome(async (home) => {
      const input = 'CREATE TABLE t (n int);\n'
      expect(await home.spawn(['backup', '--stdin', '--name', 'db.sql'], { input })).toMatchObject({
        status: 0,
        stdout: expect.stringMatching(/^stored db\.sql\.\d{14}\.zst\n/) as unknown,
      })
      expect(await home.spawn(['restore', 'db.sql', '--stdout'])).toEqual({ status: 0, stdout: input, stderr: '' })
      expect(await home.run(['restore', 'db.sql', '--to', 'again'])).toMatchObject({ status: 0 })
      expect(readFileSync(home.join('again', 'db.sql'), 'utf8')).toBe(input)
      expect((await home.run(['verify'])).stdout).toMatch(/whole +db\.sql/)
    }))

  it('comes from a command, whose failure is that of the backup and leaves nothing stored', () =>
    atHome(async (home) => {
      const failed = await home.run(['backup', '--command', 'seq 3; exit 4', '--name', 'numbers'])
      expect(failed).toMatchObject({ status: 1, stdout: '' })
      expect(failed.stderr).toContain('error: the command ended with status 4\n  hint: run it by itself')
      expect(await home.run(['backup', '--command', 'true', '--name', 'numbers'])).toMatchObject({ status: 2 })
      expect(home.leftovers()).toEqual([])
      expect(await home.run(['backup', '--command', 'seq 3', '--name', 'numbers'])).toMatchObject({ status: 0 })
      expect((await home.run(['restore', 'numbers', '--stdout'])).stdout).toBe('1\n2\n3\n')
      const limited = await home.run(['restore', 'numbers', '--stdout', '--max-size', '3'])
      expect(limited).toMatchObject({ stderr: expect.stringContaining('more than the 3 bytes') })
      expect(limited.status).not.toBe(0)
    }))

  it('may be empty where that is said', () =>
    atHome(async (home) => {
      const argv = ['backup', '--command', 'true', '--name', 'nothing', '--allow-empty']
      expect(await home.run(argv)).toMatchObject({ status: 0 })
      expect(await home.run(['restore', 'nothing', '--stdout'])).toEqual({ status: 0, stdout: '', stderr: '' })
    }))

  it('goes alone to standard output, and beside it what there is to know of it', async () => {
    const read: Bakthat['read'] = async function* (name, { onNotice } = {}) {
      await Promise.resolve()
      onNotice?.(`${name} is dated in the future`)
      yield Buffer.from('1\n')
    }
    const streamed = await run(['restore', 'numbers', '--stdout'], { library: { read } })
    expect(streamed).toEqual({ status: 0, stdout: '1\n', stderr: 'numbers is dated in the future\n' })
  })

  it('ends the command when nobody reads what comes out', () =>
    atHome(async (home) => {
      await home.run(['backup', '--command', 'seq 1 1000000', '--name', 'numbers'])
      const line = 'set -o pipefail; "$0" "$1" restore numbers --stdout | head -n 1'
      const run = await execute('bash', ['-c', line, process.execPath, bin], { cwd: home.path, env: home.env })
      expect(run).toMatchObject({ status: 130, stdout: '1\n' })
    }))

  it('says that what comes out has no room', () =>
    atHome(async (home) => {
      await home.run(['backup', '--command', 'seq 1 1000', '--name', 'numbers'])
      const line = '"$0" "$1" restore numbers --stdout > /dev/full'
      const run = await execute('bash', ['-c', line, process.execPath, bin], { cwd: home.path, env: home.env })
      const stderr = 'error: no space left for the output\n  hint: write it elsewhere\n'
      expect(run).toEqual({ status: 1, stdout: '', stderr })
    }))

  it.each([
    [['backup', 'path', '--stdin', '--name', 'x'], 'more than one thing to back up was given'],
    [['backup', '--stdin', '--command', 'true', '--name', 'x'], 'more than one thing to back up was given'],
    [['backup', '--command', 'seq 3'], 'a stream has no name'],
    [['restore', '--stdout'], '--stdout wants the name of a backup'],
    [['restore', 'x', '--stdout', '--to', 'y'], '--stdout wants the name of a backup'],
  ])('is refused where it is not clear what is meant: %j', (argv, message) =>
    atHome(async (home) => {
      expect(await home.run(argv)).toMatchObject({ status: 2, stderr: expect.stringContaining(message) as unknown })
      expect(home.leftovers()).toEqual([])
    }),
  )

  it('is not mixed with a JSON document', () =>
    atHome(async (home) => {
      await home.run(['backup', '--command', 'seq 3', '--name', 'numbers'])
      expect(await home.run(['restore', 'numbers', '--stdout', '--json'])).toMatchObject({ status: 2 })
    }))

  it('is not stored in the clear where a password was to be asked for, which it cannot answer', () =>
    atHome(async (home) => {
      const argv = ['backup', '--stdin', '--name', 'dump', '--prompt', 'yes']
      const asked = await home.spawn(argv, { input: 'rows' })
      expect(asked).toMatchObject({ status: 2, stderr: expect.stringContaining('nobody can be asked') as unknown })
      expect(home.leftovers()).toEqual([])
      const keyed = await home.spawn(argv, { input: 'rows', env: { BAKTHAT_PASSWORD: 'correct horse' } })
      expect(keyed).toMatchObject({ status: 0, stdout: expect.stringContaining('with a password') as unknown })
    }))

  it('is read from a terminal with a word about it, unless quiet', async () => {
    const stderrOf = async (...flags: readonly string[]): Promise<string> => {
      const library = { backup: () => Promise.resolve(backupResultOf()) }
      return (await run(['backup', '--stdin', '--name', 'x', ...flags], { columns: 80, library })).stderr
    }
    expect(await stderrOf()).toContain('reading from the terminal; Ctrl-D ends it\n')
    expect(await stderrOf('--quiet')).toBe('')
  })
})
