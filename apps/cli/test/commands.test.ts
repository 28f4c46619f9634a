import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { BackupOptions, Bakthat } from 'bakthat'
import { FakeHost } from './support/fake-host.js'
import { backupOf, backupResultOf, restoreResultOf } from './support/samples.js'

/** A library that writes down how it was called. */
function recorder(): { readonly library: Partial<Bakthat>; readonly calls: unknown[][] } {
  const calls: unknown[][] = []
  const record =
    <T>(name: string, result: T) =>
    async (...args: readonly unknown[]): Promise<T> => {
      calls.push([name, ...(await Promise.all(args.map(withoutAction)))])
      return result
    }
  const library: Partial<Bakthat> = {
    backup: record('backup', backupResultOf()),
    restore: record('restore', restoreResultOf()),
    restoreFile: record('restoreFile', restoreResultOf()),
    show: record('show', [backupOf()]),
    resolve: record('resolve', backupOf()),
    remove: record('remove', backupOf({ status: 'deleted' })),
    verify: record('verify', []),
    sync: record('sync', { added: [], changed: [], removed: [], problems: [] }),
  }
  return { library, calls }
}

/** Checks what every long call is given, leaves it out, and finds the keys as the library does. */
async function withoutAction(argument: unknown): Promise<unknown> {
  if (typeof argument !== 'object' || argument === null || !('signal' in argument)) return argument
  const { signal, onProgress, onNotice, keys, ...rest } = argument as BackupOptions
  expect(signal).toMatchObject({ aborted: false })
  expect([typeof onProgress, typeof onNotice]).toEqual(['function', 'function'])
  return { ...rest, ...(await keys?.()) }
}

/** Settings that lead away from the home of whoever runs the tests. */
function elsewhere(): readonly string[] {
  const path = join(directory, 'elsewhere.yml')
  writeFileSync(path, 'default: { local_dir: store, database: catalog.sqlite }', { mode: 0o600 })
  return ['--config', path]
}

let directory = ''
const file = (name: string, text: string): string => {
  writeFileSync(join(directory, name), text)
  return join(directory, name)
}
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'bakthat-cli-'))
})
afterAll(() => rmSync(directory, { recursive: true }))

async function calls(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<unknown[][]> {
  const { library, calls } = recorder()
  const host = new FakeHost({ library, env })
  const { status, stderr } = await host.run(...argv)
  expect({ status, closed: host.closed, listeners: host.listeners, stderr }).toEqual({
    status: 0,
    closed: 1,
    listeners: 0,
    stderr: argv[0] === 'verify' ? 'there are no backups to verify\n' : '',
  })
  return calls
}

describe('backup', () => {
  it('takes the current directory, and leaves all else to its defaults', async () => {
    expect(await calls(['backup'])).toEqual([['backup', '.', {}]])
  })

  it('passes every option on', async () => {
    const argv = [
      ...['backup', 'data', '-d', 'local', '--name', '007', '-t', 'a b', '--tags', 'c,d', '--compression', 'gzip'],
      ...['--level', '9', '--exclude', '*.log', '--exclude=-x', '--exclude-file', 'ex', '--exclude-caches'],
      ...['--one-file-system', '--xattrs', '--recipient', 'age1a', '--recipient', 'age1b'],
    ]
    expect(await calls(argv)).toEqual([
      [
        'backup',
        'data',
        {
          destination: 'local',
          name: '007',
          tags: ['a', 'b', 'c', 'd'],
          compression: { format: 'gzip', level: 9 },
          exclude: ['*.log', '-x'],
          excludeFile: 'ex',
          excludeCaches: true,
          oneFileSystem: true,
          xattrs: true,
          recipients: ['age1a', 'age1b'],
        },
      ],
    ])
  })

  it('takes a path that begins with a dash after two dashes', async () => {
    expect(await calls(['backup', '--', '-weird'])).toEqual([['backup', '-weird', {}]])
  })

  it('encrypts with the password of a file, without its one last newline', async () => {
    const password = file('password', ' two words \n\n')
    expect(await calls(['backup', '--password-file', password])).toEqual([
      ['backup', '.', { password: ' two words \n' }],
    ])
  })

  it('prefers a file to BAKTHAT_PASSWORD, and recipients to both', async () => {
    const env = { BAKTHAT_PASSWORD: 'from the environment' }
    expect(await calls(['backup'], env)).toEqual([['backup', '.', { password: env.BAKTHAT_PASSWORD }]])
    const password = file('password', 'from a file')
    expect(await calls(['backup', '--password-file', password], env)).toEqual([
      ['backup', '.', { password: 'from a file' }],
    ])
    expect(await calls(['backup', '--recipient', 'age1a'], env)).toEqual([['backup', '.', { recipients: ['age1a'] }]])
  })

  it('reads recipients from a file', async () => {
    const { generateIdentity } = await import('@bakthat/crypto')
    const { recipient } = await generateIdentity()
    const recipients = file('recipients', `# me\n${recipient}\n`)
    expect(await calls(['backup', '--recipients-file', recipients, '--recipient', 'age1a'])).toEqual([
      ['backup', '.', { recipients: ['age1a', recipient] }],
    ])
  })

  it.each(['', '\n'])('refuses an empty password: %j', async (text) => {
    const { library, calls } = recorder()
    const { status, stderr } = await new FakeHost({ library }).run('backup', '--password-file', file('empty', text))
    expect({ status, stderr }).toMatchObject({ status: 2, stderr: expect.stringContaining('is empty') })
    expect(await new FakeHost({ library, env: { BAKTHAT_PASSWORD: '' } }).run('backup')).toMatchObject({
      status: 2,
      stderr: 'error: BAKTHAT_PASSWORD is set but empty\n  hint: unset it, or give it a value\n',
    })
    expect(calls).toEqual([])
  })

  it.each([
    ['a missing file', ['--password-file', '/nowhere/at/all'], 2, 'the password file /nowhere/at/all does not exist'],
    ['a directory', ['--password-file', '/'], 2, 'the password file / is a directory'],
    [
      'a path that is too long',
      ['--password-file', 'x'.repeat(300)],
      2,
      `the password file ${'x'.repeat(300)} is a longer path than the file system takes`,
    ],
    ['a missing file', ['--recipients-file', '/nowhere'], 2, 'the recipients file /nowhere does not exist'],
  ])('refuses %s as %j', async (_, options, status, message) => {
    const run = await new FakeHost(recorder()).run('backup', ...options)
    expect(run).toMatchObject({ status, stdout: '', stderr: expect.stringContaining(`error: ${message}\n`) })
  })

  ;(process.platform === 'linux' ? it : it.skip)('tells a disk that fails from a mistake and a bug', async () => {
    const broken = '/proc/self/mem'
    expect(await new FakeHost().run('backup', '--password-file', broken, ...elsewhere())).toMatchObject({
      status: 1,
      stderr: `error: the password file ${broken} cannot be read or written: the device reports an error\n  hint: check the disk and its cables\n`,
    })
  })

  it('refuses a password of the environment that was not UTF-8', async () => {
    const env = { BAKTHAT_PASSWORD: 'p\ufffdss' }
    expect(await new FakeHost({ env }).run('backup', ...elsewhere())).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('BAKTHAT_PASSWORD is not UTF-8 text'),
    })
  })

  it('refuses a password file that is not UTF-8', async () => {
    const path = join(directory, 'latin1')
    writeFileSync(path, Buffer.from('caf\xe9', 'latin1'))
    expect(await new FakeHost().run('backup', '--password-file', path, ...elsewhere())).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('is not UTF-8 text'),
    })
  })
})

describe('a level without a format', () => {
  it('is one of the format that is configured', async () => {
    expect(await calls(['backup', '--level', '9'])).toEqual([['backup', '.', { compression: { level: 9 } }]])
  })
})

describe('show', () => {
  it.each([
    [['show'], {}],
    [
      ['ls', 'pho', '-t', 'a', '-t', 'b,c', '-n', '5', '-d', 'local'],
      { text: 'pho', tags: ['a', 'b', 'c'], limit: 5, destination: 'local' },
    ],
  ])('%j asks for what it says', async (argv, query) => {
    expect(await calls(argv)).toEqual([['show', query]])
  })
})

describe('restore', () => {
  it('takes a name', async () => {
    expect(await calls(['restore', 'photos'])).toEqual([['restore', 'photos', {}]])
  })

  it('passes every option on', async () => {
    const { generateIdentity, formatIdentityFile } = await import('@bakthat/crypto')
    const pair = await generateIdentity()
    const identity = file('identity', formatIdentityFile({ ...pair, createdAt: new Date(0) }))
    const argv = [
      ...['restore', 'photos', '-d', 'local', '--to', 'there', '--overwrite', '--keep-special-modes', '--special'],
      ...['--sparse', '--max-size', '20GB', '--max-entries', '1000', '--max-ratio', '50', '--identity', identity],
      ...['--password-file', file('password', 'secret\n')],
    ]
    expect(await calls(argv)).toEqual([
      [
        'restore',
        'photos',
        {
          destination: 'local',
          to: 'there',
          overwrite: true,
          keepSpecialModes: true,
          special: true,
          sparse: true,
          limits: { maxBytes: 20e9, maxEntries: 1000, maxRatio: 50 },
          identities: [pair.identity],
          password: 'secret',
        },
      ],
    ])
  })

  it('takes an archive file', async () => {
    expect(await calls(['restore', '--file', 'a.tgz'])).toEqual([['restoreFile', 'a.tgz', {}]])
  })

  it.each([
    ['300000', 300_000],
    ['1.5GiB', 1.5 * 1024 ** 3],
    ['20k', 20_000],
    ['2 MB', 2e6],
    ['1T', 1e12],
    ['7B', 7],
  ])('understands --max-size %s', async (text, maxBytes) => {
    expect(await calls(['restore', 'x', '--max-size', text])).toEqual([['restore', 'x', { limits: { maxBytes } }]])
  })
})

describe('delete', () => {
  it('removes exactly what the name means at that moment', async () => {
    expect(await calls(['delete', 'photos', '--yes', '-d', 'local'])).toEqual([
      ['resolve', 'photos', { destination: 'local' }],
      ['remove', 'photos.20261123211819.tar.zst', { destination: 'local' }],
    ])
  })
})

describe('verify', () => {
  it.each([
    [['verify'], undefined],
    [['verify', 'photos'], 'photos'],
  ])('%j asks for what it says', async (argv, name) => {
    expect(await calls(argv)).toEqual([['verify', name, {}]])
  })
})

describe('sync', () => {
  it('passes the destination on', async () => {
    expect(await calls(['sync', '-d', 'local'])).toEqual([['sync', { destination: 'local' }]])
  })
})

describe('profile and configuration', () => {
  it.each([
    ['backup', []],
    ['show', []],
    ['restore', ['x']],
    ['delete', ['x', '--yes']],
    ['verify', []],
    ['sync', []],
  ])('are passed on by %s, before or after the command', async (command, argv) => {
    for (const line of [
      [command, ...argv, '-p', 'home', '-c', 'conf.yml'],
      [command, ...argv, '--profile=home', '--config=conf.yml'],
      ['-p', 'home', '-c', 'conf.yml', command, ...argv],
    ]) {
      const { library } = recorder()
      const host = new FakeHost({ library })
      expect(await host.run(...line)).toMatchObject({ status: 0 })
      expect(host.opened).toEqual([{ profile: 'home', config: 'conf.yml' }])
    }
  })
})
