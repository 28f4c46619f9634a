import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { BakHelper, withBakHelper } from '@bakthat/helper'
import { ls, type Conf } from 'bakthat'

let place = ''
let conf: Conf = {}
beforeAll(() => {
  place = realpathSync(mkdtempSync(join(tmpdir(), 'bakthat-scripts-')))
  conf = { local_dir: join(place, 'store'), database: join(place, 'catalog.sqlite'), rotation: { last: 2 } }
})
afterAll(() => rmSync(place, { recursive: true }))

/** What a script says that begins in that directory. */
function run(script: string, cwd: string, env: NodeJS.ProcessEnv = {}): string {
  const helper = import.meta.resolve('@bakthat/helper')
  const whole = `import { BakHelper } from ${JSON.stringify(helper)}\n${script}`
  const options = { cwd, encoding: 'utf8', env: { ...process.env, ...env } } as const
  return execFileSync(process.execPath, ['--input-type=module', '-e', whole], options)
}

const slowPlugin = `
import { setImmediate } from 'node:timers/promises'
import { Plugin } from '@bakthat/plugin-sdk'
export class Slow extends Plugin {
  activate() {}
  async deactivate() {
    process.stdout.write('deactivating\\n')
    for (let turn = 0; turn < 20_000; turn++) await setImmediate()
    process.stdout.write('deactivated\\n')
  }
}`

describe('BakHelper', () => {
  it('makes a private working directory, backs it up, rotates, and gives everything back', async () => {
    const before = process.cwd()
    let directory = ''
    {
      await using bh = await BakHelper.open('mybackup', { conf, tags: ['mybackup'] })
      directory = bh.directory
      expect(process.cwd()).toBe(directory)
      expect(bh.path('a', 'b')).toBe(join(directory, 'a', 'b'))
      await writeFile('myfile.txt', 'mydata')
      await bh.backup()
      expect(await bh.rotate()).toMatchObject({ name: 'mybackup', removed: [], policy: { last: 2 } })
      expect((await bh.deleteOlderThan('1D')).removed).toHaveLength(0)
      await bh.restore('mybackup', { to: place })
    }
    expect(process.cwd()).toBe(before)
    expect(existsSync(directory)).toBe(false)
    expect(await readFile(join(place, 'mybackup', 'myfile.txt'), 'utf8')).toBe('mydata')
    expect(await ls({ conf, text: 'mybackup' })).toMatchObject([{ filename: 'mybackup', tags: ['mybackup'] }])
  })

  it('gives everything back after an error, which comes out as it is', async () => {
    const before = process.cwd()
    let directory = ''
    const failing = withBakHelper('mybackup', { conf }, (bh) => {
      directory = bh.directory
      throw new Error('the dump failed')
    })
    await expect(failing).rejects.toThrow('the dump failed')
    expect([process.cwd(), existsSync(directory)]).toEqual([before, false])
  })

  it('stores nothing in the clear, nor under the letters of a tag, for what a caller in JavaScript may give', () =>
    withBakHelper('odd', { conf, recipients: null, tags: 'odd' } as object, async (bh) => {
      await writeFile('a', 'b')
      await expect(bh.backup()).rejects.toMatchObject({ code: 'INVALID_INPUT' })
      await expect(bh.backup('a', { recipients: undefined } as object)).resolves.toMatchObject({ tags: ['odd'] })
    }))

  it('encrypts and restores with the password given', () =>
    withBakHelper('secret', { conf, password: 'correct horse' }, async (bh) => {
      await writeFile('a', 'b')
      expect((await bh.backup()).storedFilename).toMatch(/\.age$/)
      await bh.restore('secret', { to: join(place, 'secret') })
      expect(await readdir(join(place, 'secret', 'secret'))).toEqual(['a'])
    }))

  it('refuses a second working directory, nested or at the same time, and has several without', async () => {
    const before = process.cwd()
    await withBakHelper('one', { conf }, async (one) => {
      await expect(BakHelper.open('two', { conf })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
      await withBakHelper('two', { conf, chdir: false }, (two) => {
        expect(two.directory).not.toBe(one.directory)
        expect(process.cwd()).toBe(one.directory)
      })
    })
    const both = await Promise.allSettled([BakHelper.open('one', { conf }), BakHelper.open('two', { conf })])
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    for (const one of both) if (one.status === 'fulfilled') await one.value.close()
    expect(process.cwd()).toBe(before)
  })

  it('refuses a working directory in a worker thread, and leaves nothing there', async () => {
    const temporary = await mkdtemp(join(place, 'thread-'))
    const script = join(import.meta.dirname, 'children', 'in-a-thread.js')
    const said = execFileSync(process.execPath, [script], { env: { ...process.env, TMPDIR: temporary } })
    expect(JSON.parse(String(said))).toEqual({ code: 'INVALID_INPUT', hint: expect.stringContaining('chdir: false') })
    expect(await readdir(temporary)).toEqual([])
  })

  it('leaves the working directory alone where the program has gone elsewhere', async () => {
    const before = process.cwd()
    const bh = await BakHelper.open('one', { conf })
    process.chdir(place)
    await bh.close()
    await bh.close()
    expect(process.cwd()).toBe(place)
    process.chdir(before)
  })

  it('works like a normal class on what lies on the disk', async () => {
    const bh = new BakHelper({ conf })
    const file = join(place, 'normal.txt')
    await writeFile(file, 'mydata')
    expect(await bh.backup(file)).toMatchObject({ filename: 'normal.txt' })
    await bh.rotate('normal.txt')
    expect(() => bh.directory).toThrow('this BakHelper has no directory')
    await expect(bh.rotate()).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await bh.close()
  })

  it.each(['', 'a/b', '..', '.'])('refuses the name %j', async (name) => {
    await expect(BakHelper.open(name, { conf })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })
})

describe('a command', () => {
  it('runs without a shell, in the private directory, and its output goes into a file or comes back', () =>
    withBakHelper('dump', { conf, chdir: false }, async (bh) => {
      expect(await bh.run('printf', ['%s', '$HOME; ls'])).toBe('$HOME; ls')
      await bh.run('pwd', [], { stdout: 'dump.sql' })
      expect(await readFile(bh.path('dump.sql'), 'utf8')).toBe(`${bh.directory}\n`)
      await bh.run('printf', ['x'], { stdout: 'by table/users.sql' })
      expect(await readFile(bh.path('by table/users.sql'), 'utf8')).toBe('x')
    }))

  it('keeps a secret in the environment, out of the list of processes', () =>
    withBakHelper('dump', { conf, chdir: false }, async (bh) => {
      const script = 'tr "\\0" " " < /proc/$$/cmdline; printf "%s" "$MYSQL_PWD"'
      const shown = await bh.run('bash', ['-c', script], { env: { MYSQL_PWD: 's3cret' } })
      expect(shown.endsWith('s3cret')).toBe(true)
      expect(shown.replace(/s3cret$/, '')).not.toContain('s3cret')
    }))

  it('may be one of many, in a row or at the same time, and no leak is suspected', () => {
    const script = `
      process.on('warning', ({ name }) => console.log(name))
      const bh = await BakHelper.open('dump', { conf: { local_dir: 'store', database: 'catalog.sqlite' } })
      for (let count = 0; count < 11; count++) await bh.run('true')
      await Promise.all(Array.from({ length: 11 }, () => bh.run('true')))
      await bh.close()`
    expect(run(script, place)).toBe('')
  })

  it('that fails, or is not there, is an error, and leaves no half file to be backed up', () =>
    withBakHelper('dump', { conf, chdir: false }, async (bh) => {
      const half = bh.run('bash', ['-c', 'echo half; exit 3'], { stdout: 'dump.sql' })
      await expect(half).rejects.toMatchObject({ code: 'COMMAND_FAILED' })
      await expect(bh.run('no-such-program')).rejects.toMatchObject({ code: 'COMMAND_FAILED' })
      expect(await readdir(bh.directory)).toEqual([])
    }))
})

describe('mistakes', () => {
  it('in the configuration are told as such', async () => {
    const options = { conf: { local_dirr: '/srv' } as Conf }
    await expect(withBakHelper('dump', options, (bh) => bh.backup())).rejects.toMatchObject({ code: 'INVALID_CONFIG' })
  })

  it('in the name are told as such, and leave nothing behind', async () => {
    const temporary = await mkdtemp(join(place, 'tmp-'))
    const script = `await BakHelper.open('x'.repeat(300)).catch(({ code }) => console.log(code))`
    expect(run(script, place, { TMPDIR: temporary })).toBe('INVALID_INPUT\n')
    expect(await readdir(temporary)).toEqual([])
  })

  it('in the place for temporary files are told as such', () => {
    const script = `await BakHelper.open('dump').catch(({ code, message }) => console.log(code, message))`
    const message = 'the directory for temporary files is not there: /nothing/here'
    expect(run(script, place, { TMPDIR: '/nothing/here' })).toBe(`INVALID_INPUT ${message}\n`)
  })

  it.each([
    ['mkdtempSync', 'EDQUOT', 'is over its quota'],
    ['mkdirSync', 'ENOSPC', 'is full'],
  ])('in the room for temporary files are told as such, and leave nothing behind: %s, %s', async (call, code, what) => {
    const temporary = await mkdtemp(join(place, 'tmp-'))
    const script = `
      import fs from 'node:fs'
      import { syncBuiltinESMExports } from 'node:module'
      fs.${call} = () => { throw Object.assign(new Error(), { code: '${code}' }) }
      syncBuiltinESMExports()
      await BakHelper.open('dump').catch(({ code, message }) => console.log(code, message))`
    const message = `the directory for temporary files ${what}: ${temporary}`
    expect(run(script, place, { TMPDIR: temporary })).toBe(`NO_SPACE ${message}\n`)
    expect(await readdir(temporary)).toEqual([])
  })

  it('in the name of a catalog are told as such, also when it is closed', async () => {
    const options = { conf: { ...conf, database: tmpdir() } }
    await expect(withBakHelper('dump', options, (bh) => bh.backup())).rejects.toMatchObject({ code: 'CATALOG' })
  })

  it('where output is to go to touch no file of others', () =>
    withBakHelper('dump', { conf, chdir: false }, async (bh) => {
      const other = join(bh.directory, '..', 'other')
      await writeFile(other, 'kept')
      const run = bh.run('bash', ['-c', 'echo new; exit 3'], { stdout: '../other' })
      await expect(run).rejects.toMatchObject({ code: 'INVALID_INPUT' })
      expect(await readFile(other, 'utf8')).toBe('kept')
    }))
})

describe('a working directory', () => {
  it('is where relative paths of the configuration start', async () => {
    const cwd = await realpath(await mkdtemp(join(tmpdir(), 'script-')))
    const script = `const bh = await BakHelper.open('dump', { conf: { local_dir: 'store', database: 'catalog.sqlite' } })
      console.log((await bh.backup()).container)
      await bh.close()`
    expect(run(script, cwd)).toBe(`${join(cwd, 'store')}\n`)
    expect((await readdir(cwd)).sort()).toEqual(['catalog.sqlite', 'store'])
    await rm(cwd, { recursive: true })
  })

  it('that is gone keeps nothing from being removed', async () => {
    const cwd = await realpath(await mkdtemp(join(tmpdir(), 'script-')))
    const script = `import { rmdirSync } from 'node:fs'
      const bh = await BakHelper.open('dump', { conf: { local_dir: '/nonexistent' } })
      rmdirSync(${JSON.stringify(cwd)})
      await bh.close()
      console.log(bh.directory)`
    const directory = run(script, cwd).trim()
    expect(directory).toMatch(/bakthat-helper-/)
    expect(existsSync(directory)).toBe(false)
  })
})

describe('a script that is ended', () => {
  const child = join(import.meta.dirname, 'children', 'dumping.js')

  it.each([
    ['SIGTERM', null, 'SIGTERM'],
    ['SIGINT', null, 'SIGINT'],
    ['exit', 7, null],
    ['throw', 1, null],
  ] as const)('by %s leaves no directory behind', async (end, status, signal) => {
    const script = spawn(process.execPath, [child, end], { stdio: ['ignore', 'pipe', 'ignore'] })
    let directory = ''
    for await (const chunk of script.stdout) {
      directory += String(chunk)
      if (directory.endsWith('\n') && end.startsWith('SIG')) script.kill(end as NodeJS.Signals)
    }
    const ended = await new Promise((resolve) => {
      if (script.exitCode !== null || script.signalCode !== null) resolve([script.exitCode, script.signalCode])
      script.once('exit', (...how) => resolve(how))
    })
    expect(ended).toEqual([status, signal])
    expect(directory).toMatch(/bakthat-helper-/)
    expect(existsSync(directory.trim())).toBe(false)
  })

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'by %s, even if it comes twice, waits for the plugins to be deactivated',
    async (signal) => {
      const plugins = await mkdtemp(join(place, 'plugins-'))
      await writeFile(join(plugins, 'slow.js'), slowPlugin, { mode: 0o644 })
      const script = spawn(process.execPath, [join(import.meta.dirname, 'children', 'with-plugin.js'), plugins])
      const closed = once(script, 'close')
      const told = text(script.stderr)
      let said = ''
      for await (const chunk of script.stdout) {
        said += String(chunk)
        if (!said.endsWith('deactivated\n')) script.kill(signal)
      }
      expect({ said, told: await told, ended: await closed }).toEqual({
        said: 'open\ndeactivating\ndeactivated\n',
        told: '',
        ended: [null, signal],
      })
    },
  )
})
