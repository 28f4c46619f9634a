import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { BakthatError } from '@bakthat/errors'
import type { Bakthat } from 'bakthat'
import { bin, has } from './support/bin.js'
import { FakeHost } from './support/fake-host.js'
import { backupOf } from './support/samples.js'

let directory = ''
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'bakthat-completion-'))
  writeFileSync(join(directory, 'bakthat.yml'), 'default:\n  local_dir: a\nnas:\n  local_dir: b\n')
})
afterAll(() => rmSync(directory, { recursive: true }))

const backups = [
  backupOf({ filename: 'photos', storedFilename: 'photos.20260101000000.tar.zst', tags: ['family'] }),
  backupOf({ filename: 'photos', storedFilename: 'photos.20260102000000.tar.zst', tags: ['family', 'sea'] }),
  backupOf({ filename: 'a\u001b]0;b', storedFilename: 'a\u001b]0;b.20260103000000.tgz' }),
]

const sizes = { name: 'sizes', summary: 'Tell sizes', options: { unit: { kind: 'text', choices: ['MiB', 'GiB'] } } }
const shelf = { name: 'shelf', backends: ['shelf'], commands: [sizes, { ...sizes, name: 'kv count' }] }

/** How often the plugins were looked at. */
let asked = 0

/** The words offered at the end of a line. */
async function offered(...words: readonly string[]): Promise<readonly string[]> {
  const library = {
    show: () => Promise.resolve(backups),
    get plugins() {
      asked += 1
      return [shelf] as unknown as Bakthat['plugins']
    },
  }
  const host = new FakeHost({ library, env: { HOME: directory, PATH: '' } })
  const { status, stdout, stderr } = await host.run('completion', 'words', '--', ...words)
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : [line.split('\t')[0]!]))
}

describe('what may stand at the end of a line', () => {
  it('is a command, by its beginning', async () => {
    expect(await offered('veri')).toEqual(['verify'])
    expect(await offered('')).toEqual(expect.arrayContaining(['backup', 'show', 'version']))
  })

  it('is an option of the command, once it begins with a dash', async () => {
    expect(await offered('restore', '--over')).toEqual(['--overwrite'])
    expect(await offered('--pro')).toEqual(['--profile'])
  })

  it('is the name of a backup or a stored name, the newest first', async () => {
    expect(await offered('restore', 'p')).toEqual([
      'photos',
      'photos.20260102000000.tar.zst',
      'photos.20260101000000.tar.zst',
    ])
    expect(await offered('restore', '--to', '/tmp', 'photos.')).toHaveLength(2)
    expect(await offered('show', '')).toEqual(['photos'])
  })

  it('is never a name that would write to the terminal by itself', async () => {
    expect((await offered('delete', '')).join()).not.toContain('\u001b')
  })

  it('is a profile, a tag, or one of the choices, where an option takes one', async () => {
    const config = join(directory, 'bakthat.yml')
    expect(await offered('show', '--config', config, '--profile', '')).toEqual(['default', 'nas'])
    expect(await offered('-c', config, '-p', 'n')).toEqual(['nas'])
    expect(await offered('show', '-t', '')).toEqual(expect.arrayContaining(['family', 'sea']))
    expect(await offered('backup', '--compression', '')).toEqual(['zstd', 'gzip', 'none'])
  })

  it('is a destination where an option takes one, those of plugins too', async () => {
    const builtIn = ['local', 's3', 'glacier']
    expect(await offered('show', '-d', '')).toEqual([...builtIn, 'shelf'])
    expect(await offered('--destination', 'l')).toEqual(['local'])
    expect(await offered('migrate', '--from', 'gl')).toEqual(['glacier'])
    expect(await offered('migrate', '--to', '')).toEqual([...builtIn, 'shelf'])
  })

  it('is a command where one is told of', async () => {
    expect(await offered('man', 'kv s')).toEqual(['kv set'])
    expect(await offered('help', 'veri')).toEqual(['verify'])
    expect(await offered('help', 'kv', 's')).toEqual(['set'])
    expect(await offered('help', 'restore', '')).toEqual([])
  })

  it('is a command of a plugin, or what that takes, where no other command begins so', async () => {
    expect(await offered('siz')).toEqual(['sizes'])
    expect(await offered('-q', 'help', 'si')).toEqual([])
    expect(await offered('help', 'si')).toEqual(['sizes'])
    expect(await offered('kv', 'co')).toEqual(['count'])
    expect(await offered('sizes', '--u')).toEqual(['--unit'])
    expect(await offered('-c', 'other.yml', 'sizes', '--unit', '')).toEqual(['MiB', 'GiB'])
  })

  it.each([['', '-'], ['s'], ['--ver'], ['-p', 'x'], ['kv', ''], ['restore', '--over'], ['help', 'veri']])(
    'needs no plugin that would run for it: %j',
    async (...words) => {
      asked = 0
      await offered(...words)
      expect(asked).toBe(0)
    },
  )

  it.each([
    ['no plugin', false, [{ plugins: false }]],
    ['plugins only where the profile stores by one', true, [{ plugins: false }, {}]],
  ])('is the name of a backup with %s', async (_, storesByPlugin, opened) => {
    const library: Partial<Bakthat> = {
      show: () =>
        storesByPlugin && host.opened.at(-1)?.plugins === false
          ? Promise.reject(new BakthatError('INVALID_INPUT', 'there is no destination "shelf"'))
          : Promise.resolve(backups),
    }
    const host = new FakeHost({ library })
    const { stdout } = await host.run('completion', 'words', '--', 'show', 'p')
    expect({ stdout, opened: host.opened }).toEqual({ stdout: 'photos\t\n', opened })
  })

  it('is the name of a schedule where that is meant, and nothing where one is invented', async () => {
    const timers = join(directory, '.config', 'systemd', 'user')
    mkdirSync(timers, { recursive: true })
    const note = '{"times":"daily 03:00","directory":"/","words":["photos"],"rotate":false}'
    writeFileSync(join(timers, 'bakthat-nightly.timer'), `# bakthat schedule nightly ${note}\n`)
    expect(await offered('schedule', 'remove', '')).toContain('nightly')
    expect(await offered('schedule', 'add', '')).toEqual([])
    expect(await offered('plugin', 'new', '')).toEqual([])
  })

  it('is left to the shell where a file may stand', async () => {
    expect(await offered('backup', '')).toEqual([])
    expect(await offered('restore', '--to', '')).toEqual([])
    expect(await offered('restore', 'photos', '')).toEqual([])
  })

  it('is nothing, without a word about it, where the configuration is broken', async () => {
    const config = join(directory, 'broken.yml')
    writeFileSync(config, 'default: [')
    const host = new FakeHost()
    const run = await host.run('completion', 'words', '--', 'show', '-c', config, '-p', '')
    expect(run).toEqual({ status: 0, stdout: '', stderr: '' })
  })
})

describe('the script', () => {
  beforeAll(() => symlinkSync(bin, join(directory, 'bakthat')))

  /** Runs a script in a shell that finds the command. */
  const inShell = (shell: string, ...argv: readonly string[]): string => {
    const env = { HOME: directory, PATH: [directory, dirname(process.execPath), process.env.PATH].join(':') }
    return execFileSync(shell, argv, { env, encoding: 'utf8' })
  }

  it('of bash completes commands and quotes what needs it', () => {
    const script = `
      eval "$(bakthat completion bash)"
      COMP_WORDS=(bakthat restore --over) COMP_CWORD=2
      _bakthat
      printf '%s\\n' "\${COMPREPLY[@]}"`
    expect(inShell('bash', '--norc', '-c', script)).toBe('--overwrite\n')
  })

  const inZsh = has('zsh') ? it : it.skip
  inZsh('of zsh describes what it completes, and leaves files to the shell', () => {
    const script = `
      compdef() { : }
      _describe() { print -rl -- "\${(@P)2}" }
      _files() { print files }
      eval "$(bakthat completion zsh)"
      words=(bakthat restore --over) CURRENT=3
      _bakthat
      words=(bakthat backup '') CURRENT=3
      _bakthat`
    expect(inShell('zsh', '-f', '-c', script)).toMatch(/^--overwrite:Replace .*\nfiles\n$/)
  })

  const inFish = has('fish') ? it : it.skip
  inFish('of fish describes what it completes, and leaves files to the shell', () => {
    writeFileSync(join(directory, 'a-file'), '')
    const script = `
      bakthat completion fish | source
      cd ${directory}
      complete -C 'bakthat restore --over'
      complete -C 'bakthat backup a-'`
    expect(inShell('fish', '--no-config', '-c', script)).toMatch(/^--overwrite\tReplace .*\na-file\n$/)
  })

  it('of another shell there is none', async () => {
    const { status, stderr } = await new FakeHost().run('completion', 'csh')
    expect(status).toBe(2)
    expect(stderr).toContain('choose one of: bash, zsh, fish')
  })
})
