import { spawn, type ChildProcess, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { bin, Home } from './support/bin.js'

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

  it('ends at once, though nobody reads its output', async () => {
    await home.run(['backup', 'photos'])
    const running = started('restore', 'photos', '--stdout')
    const told = text(running.stderr)
    await once(running.stdout, 'readable')
    expect(await stopped(running, 'SIGINT')).toBe(130)
    expect(await told).toContain('interrupted')
  })
})

describe('a secret', () => {
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
