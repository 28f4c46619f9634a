import { execFileSync, spawn, type ChildProcess, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { bin, execute, Home } from './support/bin.js'

let home: Home
let child: ChildProcess | undefined
beforeEach(() => {
  home = new Home()
  mkdirSync(home.join('photos'))
  writeFileSync(home.join('photos', 'raw'), randomBytes(4 << 20))
})
afterEach(() => {
  child?.kill('SIGKILL')
  home.remove()
})

/** The command, whose input stays open, and whose output is read no further than it takes to see that there is some. */
function started(...argv: readonly string[]): ChildProcessWithoutNullStreams {
  const running = spawn(process.execPath, [bin, ...argv], { cwd: home.path, env: { ...home.env } })
  child = running
  return running
}

/** With which status it ends after the signal. */
async function stopped(running: ChildProcess, signal: NodeJS.Signals): Promise<unknown> {
  running.kill(signal)
  return ((await once(running, 'exit')) as readonly unknown[])[0]
}

/** Until the process has the file open. */
async function hasOpen({ pid }: ChildProcess, file: string): Promise<void> {
  const directory = `/proc/${pid}/fd`
  const isOpen = (): boolean => readdirSync(directory).some((name) => targetOf(join(directory, name)) === file)
  while (!isOpen()) await setImmediate()
}

function targetOf(link: string): string | undefined {
  try {
    return readlinkSync(link)
  } catch {
    return undefined
  }
}

/** More than lies in a pipe: once it is written, most of it was read. */
const muchInput = ' '.repeat(1 << 20)

describe('a command that is stopped', () => {
  it.each([
    ['SIGINT', 130, ['backup', '--stdin', '--name', 'dump', '--prompt', 'no']],
    ['SIGTERM', 143, ['backup', '--stdin', '--name', 'dump', '--prompt', 'no']],
    ['SIGINT', 130, ['kv', 'set', 'key']],
    ['SIGTERM', 143, ['backup', 'photos', '--password-file', '/dev/stdin']],
    ['SIGINT', 130, ['backup', 'photos', '--recipients-file', '/dev/stdin']],
  ] as const)('by %s ends with %d at once, though its input stays open: %j', async (signal, status, argv) => {
    const running = started(...argv)
    await new Promise((resolve) => running.stdin.write(muchInput, resolve))
    expect(await stopped(running, signal)).toBe(status)
    expect(home.leftovers()).toEqual([])
  })

  it.each([
    [['backup', 'photos', '--password-file', 'fifo']],
    [['backup', 'photos', '--recipients-file', 'fifo']],
    [['backup', 'photos', '--exclude-file', 'fifo']],
    [['restore', 'photos', '--identity', 'fifo']],
    [['kv', 'set', 'key', '--file', 'fifo']],
  ])('ends at once, though nobody writes to the FIFO that it reads: %j', async (argv) => {
    execFileSync('mkfifo', [home.join('fifo')])
    const running = started(...argv)
    await hasOpen(running, home.join('fifo'))
    expect(await stopped(running, 'SIGINT')).toBe(130)
    expect(home.leftovers()).toEqual([])
  })

  it.each([
    ['password_file', ['backup', 'photos']],
    ['recipients_file', ['backup', 'photos']],
    ['recipients_file', ['kv', 'set', 'key', '1']],
    ['identity', ['contents', 'photos']],
    ['identity', ['kv', 'get', 'key']],
  ])('ends at once, though nobody writes to the FIFO that is the %s of its profile: %j', async (key, argv) => {
    await home.run(['backup', 'photos', '--prompt', 'no'])
    await home.run(['kv', 'set', 'key', '1'])
    execFileSync('mkfifo', [home.join('fifo')])
    writeFileSync(home.join('.bakthat.yml'), `default:\n  ${key}: fifo\n`)
    const running = started(...argv)
    await hasOpen(running, home.join('fifo'))
    expect(await stopped(running, 'SIGINT')).toBe(130)
  })

  it('ends at once, though somebody holds the FIFO that it reads, and writes nothing more', async () => {
    execFileSync('mkfifo', [home.join('fifo')])
    const running = started('backup', 'photos', '--password-file', 'fifo')
    const writer = await open(home.join('fifo'), 'w')
    await writer.writeFile('correct horse')
    await hasOpen(running, home.join('fifo'))
    expect(await stopped(running, 'SIGINT')).toBe(130)
    await writer.close()
  })

  it.each([
    ['backup', 'photos'],
    ['restore', 'photos'],
    ['kv', 'set', 'key', '1'],
  ])('ends at once, though the password_command of its profile does not: %s %s', async (...argv) => {
    await home.run(['backup', 'photos'], { env: { BAKTHAT_PASSWORD: 'correct horse' } })
    writeFileSync(home.join('.bakthat.yml'), 'default:\n  password_command: echo >asked; exec sleep 60\n')
    const running = started(...argv)
    while (!existsSync(home.join('asked'))) await setImmediate()
    expect(await stopped(running, 'SIGINT')).toBe(130)
  })

  it('ends at once, though nobody reads its output', async () => {
    await home.run(['backup', 'photos'])
    const running = started('restore', 'photos', '--stdout')
    const told = text(running.stderr)
    await once(running.stdout, 'readable')
    expect(await stopped(running, 'SIGINT')).toBe(130)
    expect(await told).toContain('interrupted')
  })

  it('ends at once, though something is to be tried again later', async () => {
    mkdirSync(home.join('.bakthat_plugins'), { mode: 0o700 })
    writeFileSync(home.join('.bakthat.yml'), 'default:\n  plugins: later.Later\n')
    writeFileSync(
      home.join('.bakthat_plugins', 'later.mjs'),
      `import { Plugin } from '@bakthat/plugin-sdk'
      export class Later extends Plugin {
        activate() { setTimeout(() => console.log('tried again'), 5000); console.log('failed') }
      }`,
      { mode: 0o600 },
    )
    const running = started('backup', '--stdin', '--name', 'dump', '--prompt', 'no')
    const told = text(running.stdout)
    await once(running.stdout, 'data')
    expect(await stopped(running, 'SIGINT')).toBe(130)
    expect(await told).toBe('failed\n')
  })
})

describe('a secret', () => {
  const pause = 'sleep 0.3'
  it.each([
    ['a FIFO', `mkfifo fifo; (${pause}; echo correct horse) > fifo & "$@" fifo`],
    ['a command', '"$@" <(echo correct horse)'],
    ['a command that takes its time', `"$@" <(${pause}; echo correct horse)`],
  ])('comes from %s', async (_, script) => {
    await home.spawn(['backup', 'photos', '--password-file', '/dev/stdin'], { input: 'correct horse\n' })
    const command = [process.execPath, bin, 'restore', 'photos', '--to', 'again', '--password-file']
    const { status, stderr } = await execute('bash', ['-c', script, 'bash', ...command], {
      cwd: home.path,
      env: home.env,
    })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })

  it('comes from standard input, whatever that is', async () => {
    const input = 'correct horse\n'
    const keys = ['--password-file', '/dev/stdin']
    expect(await home.spawn(['backup', 'photos', ...keys], { input })).toMatchObject({ status: 0 })
    expect(await home.spawn(['restore', 'photos', '--to', 'again', ...keys], { input })).toMatchObject({ status: 0 })
    expect(await home.spawn(['verify', 'photos', ...keys], { input: '' })).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('the password file /dev/stdin is empty') as unknown,
    })
  })
})
