import { constants } from 'node:os'
import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { has, Home } from './support/bin.js'

const onTerminal = has('python3') ? it : it.skip

let home: Home
beforeEach(() => {
  home = new Home()
  mkdirSync(home.join('photos'))
  writeFileSync(home.join('photos', 'beach.txt'), 'sand\n')
})
afterEach(() => home.remove())

describe('on a real terminal', () => {
  onTerminal('a password is asked for, twice and unseen, and opens the backup again', async () => {
    const made = await home.onTerminal(
      ['backup', 'photos'],
      [
        ['Password (blank to disable encryption): ', 'hunter2\r'],
        ['once more: ', 'hunter2\r'],
      ],
    )
    expect(made.status).toBe(0)
    expect(made.screen).toContain('with a password')
    expect(made.screen).not.toContain('hunter2')
    expect(await home.storedNames()).toEqual([expect.stringMatching(/\.tar\.zst\.age$/)])

    const restored = await home.onTerminal(['restore', 'photos', '--to', 'again'], [['Password: ', 'hunter2\r']])
    expect(restored.status).toBe(0)
    expect(restored.screen).not.toContain('hunter2')
    expect(readFileSync(home.join('again', 'photos', 'beach.txt'), 'utf8')).toBe('sand\n')
  })

  onTerminal('Ctrl-C at the question stores nothing', async () => {
    const { status, screen } = await home.onTerminal(['backup', 'photos'], [['encryption): ', '\u0003']])
    expect({ status, error: screen.includes('interrupted') }).toEqual({ status: 130, error: true })
    expect({ stored: await home.storedNames(), left: home.leftovers() }).toEqual({ stored: [], left: [] })
  })

  onTerminal('deleting is asked about', async () => {
    await home.run(['backup', 'photos'])
    const kept = await home.onTerminal(['delete', 'photos'], [['? [y/N] ', 'n\r']])
    expect(kept.status).toBe(130)
    expect(kept.screen).toMatch(/Delete photos\.\d{14}\.tar\.zst \(\d+ B, local\)\? \[y\/N\] n/)
    expect(await home.storedNames()).toHaveLength(1)
    expect(await home.onTerminal(['delete', 'photos'], [['? [y/N] ', 'y\r']])).toMatchObject({ status: 0 })
    expect(await home.storedNames()).toEqual([])
  })

  onTerminal('what is read from it is asked for, and ends with Ctrl-D', async () => {
    const set = await home.onTerminal(['kv', 'set', 'key'], [['Ctrl-D ends it', '[1, 2]\r\u0004']])
    expect(set.status).toBe(0)
    expect((await home.run(['kv', 'get', 'key'])).stdout).toBe('[\n  1,\n  2\n]\n')
  })

  onTerminal('Ctrl-C ends what is read from it', async () => {
    const argv = ['backup', '--stdin', '--name', 'dump']
    const { status, screen } = await home.onTerminal(argv, [['Ctrl-D ends it', '\u0003']])
    expect({ status, error: screen.includes('interrupted') }).toEqual({ status: 130, error: true })
  })
})

/** Without it a clean-up may be over before anybody could press a second key. */
const slowToEnd = `
  import { Plugin } from '@bakthat/plugin-sdk'
  export class Slow extends Plugin {
    activate() {}
    deactivate() {
      return new Promise((resolve) => setTimeout(resolve, 25_000))
    }
  }`

describe('a long backup', () => {
  const name = 'endless'
  beforeEach(() => {
    mkdirSync(home.join(name))
    writeFileSync(home.join(name, 'hole'), '')
    truncateSync(home.join(name, 'hole'), 200e9)
  })

  onTerminal.each([
    ['SIGINT', constants.signals.SIGINT, 130],
    ['SIGTERM', constants.signals.SIGTERM, 143],
    ['SIGHUP', constants.signals.SIGHUP, -constants.signals.SIGHUP],
  ])('shows its progress, and %s stops it without a trace', async (_, signal, status) => {
    const run = await home.onTerminal(['backup', name, '--prompt', 'no'], [['packing', { signal }]], { columns: 60 })
    expect(run.status).toBe(status)
    expect(run.screen).toMatch(/\r\u001b\[Kpacking .*B\/s/)
    expect(run.screen).toMatch(/\r\u001b\[Kstopping, cleaning up…[^]*interrupted\r\n$/)
    expect({ stored: await home.storedNames(), left: home.leftovers() }).toEqual({ stored: [], left: [] })
  })

  onTerminal('is stopped by Ctrl-C after its password was typed, too', async () => {
    const run = await home.onTerminal(
      ['backup', name],
      [
        ['encryption): ', 'hunter2\r'],
        ['once more: ', 'hunter2\r'],
        ['packing', '\u0003'],
      ],
    )
    expect(run.status).toBe(130)
    expect({ stored: await home.storedNames(), left: home.leftovers() }).toEqual({ stored: [], left: [] })
  })

  onTerminal('is ended at once by a second signal, and the next backup tidies up after it', async () => {
    writeFileSync(
      home.join('.bakthat.yml'),
      `default: { local_dir: '${home.join('data', 'bakthat')}', plugins: [slow.Slow] }\n`,
      { mode: 0o600 },
    )
    mkdirSync(home.join('.bakthat_plugins'))
    writeFileSync(home.join('.bakthat_plugins', 'slow.js'), slowToEnd)
    const run = await home.onTerminal(
      ['backup', name, '--prompt', 'no'],
      [
        ['packing', '\u0003'],
        ['stopping', { signal: constants.signals.SIGTERM }],
      ],
    )
    expect(run.status).toBe(143)
    rmSync(home.join('.bakthat.yml'))
    await home.run(['backup', 'photos'])
    const stored = await home.storedNames()
    expect(stored).toEqual([expect.stringMatching(/^photos\./)])
    expect(home.leftovers().filter((file) => file.includes(name) || file.includes('partial'))).toEqual([])
  })
})
