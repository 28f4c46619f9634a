import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import { FakeHost, run } from './support/fake-host.js'

const source = `
import { defineCommand, Plugin } from '@bakthat/plugin-sdk'
export class Timer extends Plugin {
  static version = '1.2.3'
  activate() {
    this.on('before_backup', ({ sessionId }) => this.log.info('before_backup ' + sessionId))
    this.on('on_backup', ({ sessionId }) => this.log.info('on_backup ' + sessionId + ' ' + process.env.BAKTHAT_PASSWORD))
    this.on('on_error', ({ action, error }) => this.log.info(action + ' failed: ' + error.code))
    this.commands.add(defineCommand({
      name: 'count',
      summary: 'Count backups',
      arguments: [{ kind: 'optional', name: 'name', description: 'Of this name' }],
      options: { times: { kind: 'amount', description: 'So many times', placeholder: 'N' } },
      run: async ({ times = 1 }, [filename]) => {
        if (times < 0) throw new Error('a bug')
        const count = (await this.catalog()).find(filename === undefined ? {} : { filename }).length * times
        return { text: count + ' backups', document: { count } }
      },
    }))
  }
  deactivate() {
    this.log.info('deactivated')
  }
}
export class Careless extends Plugin {
  activate() {
    this.on('before_backup', async () => {
      void Promise.reject(new Error('nobody waits for me'))
      setTimeout(() => { throw new Error('nor for me') })
      await new Promise((resolve) => setTimeout(resolve, 20))
    })
    for (const name of ['nothing', 'backup', 'kv get'])
      this.commands.add(defineCommand({ name, summary: 'Give nothing', run: async () => undefined }))
    const option = { kind: 'flag', description: 'Known already' }
    for (const [name, options] of Object.entries({ long: { json: option }, short: { port: { ...option, alias: 'p' } } }))
      this.commands.add(defineCommand({ name, summary: 'Take an option', options, run: async () => undefined }))
  }
}`

/** A profile with plugins, and the options that choose it. */
async function profile(plugins: readonly string[]): Promise<{ directory: string; choose: string[] } & AsyncDisposable> {
  const directory = await mkdtemp(join(tmpdir(), 'bakthat-cli-'))
  await mkdir(join(directory, 'plugins'), { mode: 0o755 })
  await writeFile(join(directory, 'plugins', 'timer.js'), source, { mode: 0o644 })
  await mkdir(join(directory, 'photos'))
  const conf = { local_dir: 'store', database: 'catalog.sqlite', plugins_dir: 'plugins', plugins }
  await writeFile(join(directory, 'conf.yml'), JSON.stringify({ default: conf }), { mode: 0o600 })
  const choose = ['--config', join(directory, 'conf.yml')]
  return { directory, choose, [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }) }
}

describe('plugins of the profile', () => {
  it('hear of a backup, and are heard on standard error', async () => {
    await using here = await profile(['timer.Timer'])
    const argv = ['backup', join(here.directory, 'photos'), ...here.choose, '--prompt', 'no']
    const { status, stdout, stderr } = await run(argv)
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/^stored photos/) })
    expect(stderr).toMatch(/^before_backup (\S+)\n[^]*on_backup \1 undefined\ndeactivated\n$/)
    expect((await run([...argv, '-q'])).stderr).toBe('')
    expect((await run([...argv, '--no-plugins'])).stderr).toBe('')
  })

  it('hear of a password that is not there, which is how a scheduled backup fails', async () => {
    await using here = await profile(['timer.Timer'])
    const argv = [join(here.directory, 'photos'), ...here.choose, '--password-file', join(here.directory, 'gone')]
    const { status, stderr } = await run(['backup', ...argv])
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: expect.stringMatching(/^before_backup .*\nbackup failed: INVALID_INPUT\n/),
    })
    expect((await run(['restore', ...argv])).stderr).toMatch(/^restore failed: INVALID_INPUT\n/)
  })

  it('are deactivated when a signal stops the command', async () => {
    await using here = await profile(['timer.Timer'])
    const host = new FakeHost()
    const running = host.run('backup', join(here.directory, 'photos'), ...here.choose, '--prompt', 'no')
    while (host.listeners === 0) await new Promise(setImmediate)
    host.kill('SIGTERM')
    const { status, stderr } = await running
    expect({ status, stderr }).toEqual({ status: 143, stderr: expect.stringMatching(/\ndeactivated\n/) })
  })

  it('that cannot be used do not keep a backup from being made, but show in its exit status', async () => {
    await using here = await profile(['timer.Missing'])
    const argv = ['backup', join(here.directory, 'photos'), ...here.choose, '--prompt', 'no', '-q']
    expect(await run(argv)).toEqual({
      status: 3,
      stdout: '',
      stderr: expect.stringMatching(
        /^error: the plugin timer\.Missing is left out: \/.*\/timer\.m?js exports no Missing \(it exports Careless, Timer\)\n$/,
      ) as unknown,
    })
  })

  it('that fail outside of their handlers are told, and break no backup', async () => {
    await using here = await profile(['timer.Careless'])
    const argv = [join(import.meta.dirname, '../bin/bakthat.js'), 'backup', join(here.directory, 'photos'), '--json']
    const env = { PATH: process.env['PATH'], HOME: here.directory }
    const running = promisify(execFile)(process.execPath, [...argv, ...here.choose], { env })
    const { code, stdout, stderr } = (await running.catch((error: unknown) => error)) as Record<string, string>
    const warning = 'warning: a plugin failed outside of its handlers'
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: expect.stringContaining(`${warning}: nobody waits for me\n${warning}: nor for me\n`),
    })
    expect(JSON.parse(stdout!)).toMatchObject({ filename: 'photos', status: 'complete' })
  })

  it('cannot see the password, nor can what they start', async () => {
    await using here = await profile(['timer.Timer'])
    const argv = [
      join(import.meta.dirname, '../bin/bakthat.js'),
      'backup',
      join(here.directory, 'photos'),
      ...here.choose,
    ]
    const env = { PATH: process.env['PATH'], HOME: here.directory, BAKTHAT_PASSWORD: 'secret' }
    const { stdout, stderr } = await promisify(execFile)(process.execPath, argv, { env })
    expect(stdout).toMatch(/encrypted +with a password/)
    expect(stderr).toMatch(/on_backup \S+ undefined/)
  })
})

describe('bakthat plugins', () => {
  it('lists them with what they add, and why one is left out', async () => {
    await using here = await profile(['timer.Timer', 'gone.Gone'])
    const { status, stdout } = await run(['plugins', ...here.choose])
    expect(status).toBe(3)
    expect(stdout.replaceAll(here.directory, '…')).toBe(
      [
        'timer.Timer  1.2.3  active',
        '  events        before_backup, on_backup, on_error',
        '  commands      count',
        'gone.Gone  failed',
        '  problem       there is no gone.js, .mjs, .cjs or .ts in …/plugins',
        '  hint          check the name, or plugins_dir, in the profile',
        '',
      ].join('\n'),
    )
    expect(JSON.parse((await run(['plugins', '--json', ...here.choose])).stdout)).toMatchObject([
      { name: 'timer.Timer', state: 'active', version: '1.2.3', commands: ['count'] },
      { name: 'gone.Gone', state: 'failed', problem: { code: 'NOT_FOUND' } },
    ])
  })

  it('says which of their commands are hidden by those of Bakthat', async () => {
    await using here = await profile(['timer.Careless'])
    const never = (name: string): string =>
      `the command ${name} of timer.Careless is never run: bakthat has one of that name\n`
    expect((await run(['plugins', ...here.choose])).stderr).toBe(never('backup') + never('kv get'))
  })

  it('says how to name one where there is none', async () => {
    await using here = await profile([])
    expect(await run(['plugins', ...here.choose])).toEqual({
      status: 0,
      stdout: '',
      stderr: 'the profile names no plugins: plugins: [file.Export]\n',
    })
  })
})

describe('a command of a plugin', () => {
  it('is not said to be missing where the configuration hides it: what is wrong there is told', async () => {
    await using here = await profile(['timer.Timer'])
    const conf = { plugins: ['timer.Timer'], plugins_dir: 'plugins', rotation: { keep_last: 1 } }
    await writeFile(join(here.directory, 'conf.yml'), JSON.stringify({ default: conf }), { mode: 0o600 })
    const { status, stderr } = await run(['count', ...here.choose])
    expect(status).toBe(2)
    expect(stderr).toContain('rotation.keep_last is not a known key')
    expect((await run(['bakup', ...here.choose])).stderr).toContain('did you mean backup?')
    expect(await run(['--help', ...here.choose])).toMatchObject({ status: 0, stderr: '' })
  })

  it('runs with its options and arguments, as text and as JSON', async () => {
    await using here = await profile(['timer.Timer'])
    await run(['backup', join(here.directory, 'photos'), ...here.choose, '--prompt', 'no'])
    expect(await run(['count', 'photos', '--times', '3', ...here.choose])).toEqual({
      status: 0,
      stdout: '3 backups\n',
      stderr: 'deactivated\n',
    })
    expect(JSON.parse((await run(['count', 'other', '--json', ...here.choose])).stdout)).toEqual({ count: 0 })
  })

  it('stands in help under its plugin, and has help of its own', async () => {
    await using here = await profile(['timer.Timer'])
    expect((await run(['--help', ...here.choose])).stdout).toMatch(/\nPlugin timer\.Timer:\n {2}count +Count backups\n/)
    const { stdout } = await run(['count', '--help', ...here.choose])
    expect(stdout).toMatch(/^Usage: bakthat count \[name\] \[options\][^]*\nOptions:\n +--times N +So many times\n/)
    expect((await run(['--help'])).stdout).not.toContain('Plugin')
  })

  it('is checked as any other, and its failures are told by the name of its plugin', async () => {
    await using here = await profile(['timer.Timer'])
    const misspelt = await run(['cuont', ...here.choose])
    expect(misspelt).toMatchObject({ status: 2, stderr: expect.stringContaining('did you mean count?') })
    const unknown = await run(['count', '--tims', '2', ...here.choose])
    expect(unknown).toMatchObject({ status: 2, stderr: expect.stringContaining('did you mean --times?') })
    const failed = await run(['count', '--times=-1', ...here.choose])
    const hint = 'hint: who wrote it can tell why: --debug shows where'
    expect(failed).toEqual({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(`timer.Timer failed: a bug\n  ${hint}`),
    })
    await using careless = await profile(['timer.Careless'])
    expect(await run(['nothing', ...careless.choose])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('the plugin timer.Careless failed: its command gave no text'),
    })
  })

  it.each([
    ['long', '--json'],
    ['short', '-p'],
  ])('is not run where it has an option of every command (%s)', async (command, option) => {
    await using here = await profile(['timer.Careless'])
    expect(await run([command, ...here.choose])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining(
        `the command ${command} of timer.Careless has an option ${option}, as every command`,
      ),
    })
  })

  it('is not looked for with --no-plugins', async () => {
    await using here = await profile(['timer.Timer'])
    expect(await run(['count', '--no-plugins', ...here.choose])).toMatchObject({ status: 2 })
  })
})
