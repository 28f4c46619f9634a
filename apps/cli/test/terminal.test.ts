import { describe, expect, it } from '@jest/globals'
import type { Bakthat, Progress } from 'bakthat'
import type { StopSignal } from '../dist/host.js'
import { FakeHost, run, type FakeHostOptions } from './support/fake-host.js'
import { backupOf, backupResultOf, restoreResultOf } from './support/samples.js'

const escapes = /\u001b\[\d+m/g

describe('the table of backups', () => {
  const table = async (columns: number | undefined, ...backups: readonly Parameters<typeof backupOf>[0][]) => {
    const library: Partial<Bakthat> = { show: () => Promise.resolve(backups.map(backupOf)) }
    const options: FakeHostOptions = { library, ...(columns !== undefined && { columns }), env: { NO_COLOR: '1' } }
    return (await run(['show'], options)).stdout
  }
  const long = {
    storedFilename: `${'a very long name '.repeat(4)}.20261123211819.tar.zst.age`,
    tags: ['one', 'two', 'three'],
  }

  it('has aligned columns', async () => {
    expect(await table(80, {}, { size: 999, tags: [], backend: 'glacier' })).toMatchInlineSnapshot(`
     "Date (UTC)        Dest        Size  Stored name                    Tags
     2026-11-23 21:18  local    12.3 MB  photos.20261123211819.tar.zst  family 2026
     2026-11-23 21:18  glacier    999 B  photos.20261123211819.tar.zst
     "
    `)
  })

  it('cuts names in the middle and tags at the end to fit the terminal', async () => {
    expect(await table(80, {}, long)).toMatchInlineSnapshot(`
     "Date (UTC)        Dest      Size  Stored name                           Tags
     2026-11-23 21:18  local  12.3 MB  photos.20261123211819.tar.zst         family …
     2026-11-23 21:18  local  12.3 MB  a very long name a…11819.tar.zst.age  one two…
     "
    `)
  })

  it('takes two lines for each backup on a narrow terminal, or more, broken between words', async () => {
    expect(await table(40, {}, { tags: [] })).toMatchInlineSnapshot(`
     "photos.20261123211819.tar.zst
       2026-11-23 21:18  local  12.3 MB
       family 2026
     photos.20261123211819.tar.zst
       2026-11-23 21:18  local  12.3 MB
     "
    `)
  })

  it('cuts nothing where there is no terminal', async () => {
    expect(await table(undefined, {}, long)).toContain(`${long.storedFilename}  one two three\n`)
  })

  it('knows how wide characters are', async () => {
    const names = ['日本語.tgz', 'é̀cole.tgz', '👨‍👩‍👧.tgz', 'plain.tgz']
    expect(await table(80, ...names.map((storedFilename) => ({ storedFilename })))).toMatchInlineSnapshot(`
     "Date (UTC)        Dest      Size  Stored name  Tags
     2026-11-23 21:18  local  12.3 MB  日本語.tgz   family 2026
     2026-11-23 21:18  local  12.3 MB  é̀cole.tgz    family 2026
     2026-11-23 21:18  local  12.3 MB  👨‍👩‍👧.tgz       family 2026
     2026-11-23 21:18  local  12.3 MB  plain.tgz    family 2026
     "
    `)
  })

  it('lets no name drive the terminal', async () => {
    const stdout = await table(80, { storedFilename: 'a\u001b]0;x\u0007\n\u202eb\u061c.tgz', tags: ['\u009b2J'] })
    expect(stdout).toContain('a\\x1b]0;x\\x07\\x0a\\u{202e}b\\u{61c}.tgz  \\x9b2J')
  })
})

describe('colours', () => {
  const stdout = async (options: FakeHostOptions): Promise<string> => {
    const library: Partial<Bakthat> = { show: () => Promise.resolve([backupOf()]) }
    return (await run(['show'], { ...options, library })).stdout
  }
  it.each([
    ['on a terminal', { columns: 80 }, true],
    ['nowhere else', {}, false],
    ['not with NO_COLOR', { columns: 80, env: { NO_COLOR: '1' } }, false],
    ['though NO_COLOR is empty', { columns: 80, env: { NO_COLOR: '' } }, true],
    ['not on a dumb terminal', { columns: 80, env: { TERM: 'dumb' } }, false],
    ['everywhere with FORCE_COLOR', { env: { FORCE_COLOR: '1' } }, true],
    ['nowhere with FORCE_COLOR=0', { columns: 80, env: { FORCE_COLOR: '0' } }, false],
    ['nowhere with both', { env: { FORCE_COLOR: '1', NO_COLOR: '1' } }, false],
  ])('are used %s', async (_, options: FakeHostOptions, expected) => {
    expect((await stdout(options)).includes('\u001b[')).toBe(expected)
  })

  it('mark errors', async () => {
    expect((await run(['nonsense'], { columns: 80 })).stderr).toContain('\u001b[31merror:\u001b[39m')
  })
})

describe('the question for a new password', () => {
  const first = 'Password (blank to disable encryption): '
  const second = 'Password, once more: '

  /** A library that asks for a password, as one without recipients in its profile does. */
  const backUp = async (options: FakeHostOptions, ...argv: readonly string[]) => {
    const passwords: unknown[] = []
    const library: Partial<Bakthat> = {
      backup: async (_, options) => {
        const { password } = { ...(await options?.keys?.()) }
        passwords.push(typeof password === 'function' ? await password() : password)
        return backupResultOf()
      },
    }
    return { ...(await run(['backup', ...argv], { ...options, library })), passwords }
  }

  it('is asked twice, without showing what is typed', async () => {
    const typed = [
      [first, 'sécret\r'],
      [second, 'sécret\r'],
    ] as const
    const { status, stderr, passwords } = await backUp({ columns: 80, typed })
    expect({ status, stderr, passwords }).toEqual({ status: 0, stderr: `${first}\n${second}\n`, passwords: ['sécret'] })
  })

  it('takes both answers from one paste', async () => {
    const { status, passwords } = await backUp({ columns: 80, typed: [[first, 'secret\rsecret\r']] })
    expect({ status, passwords }).toEqual({ status: 0, passwords: ['secret'] })
  })

  it('means no encryption when left blank', async () => {
    const { status, stderr, passwords } = await backUp({ columns: 80, typed: [[first, '\r']] })
    expect({ status, stderr, passwords }).toEqual({ status: 0, stderr: `${first}\n`, passwords: [undefined] })
  })

  it('is asked again after two different answers, three times at most', async () => {
    const once = [
      [first, 'a\r'],
      [second, 'b\r'],
    ] as const
    const again = await backUp({ columns: 80, typed: [...once, [first, 'c\r'], [second, 'c\r']] })
    expect(again.passwords).toEqual(['c'])
    expect(again.stderr).toContain('The two are not the same.\n')
    const never = await backUp({ columns: 80, typed: [...once, ...once, ...once] })
    expect(never).toMatchObject({ status: 2, passwords: [] })
    expect(never.stderr).toContain('the password was not confirmed\n')
  })

  it.each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ])('is ended by %s with exit status 130', async (_, key) => {
    const { status, stderr, passwords } = await backUp({ columns: 80, env: { NO_COLOR: '1' }, typed: [[first, key]] })
    expect({ status, stderr, passwords }).toEqual({
      status: 130,
      stderr: `${first}\ninterrupted\n`,
      passwords: [],
    })
  })

  it.each([
    ['without a terminal', {}, []],
    ['with --prompt no', { columns: 80 }, ['--prompt', 'no']],
    ['with recipients', { columns: 80 }, ['--recipient', 'age1a']],
  ])('is not asked %s', async (_, options, argv) => {
    const { status, stderr, passwords } = await backUp(options, ...argv)
    expect({ status, stderr, passwords }).toEqual({ status: 0, stderr: '', passwords: [undefined] })
  })

  it('is not asked when BAKTHAT_PASSWORD is set', async () => {
    const { passwords } = await backUp({ columns: 80, env: { BAKTHAT_PASSWORD: 'secret' } })
    expect(passwords).toEqual(['secret'])
  })

  it('fails with --prompt yes where there is no terminal, rather than storing in the clear', async () => {
    const { status, stderr, passwords } = await backUp({}, '--prompt', 'yes')
    expect({ status, passwords }).toEqual({ status: 2, passwords: [] })
    expect(stderr).toContain('error: there is no terminal to ask on\n')
  })

  it('is ended by a signal, which needs no answer', async () => {
    const library: Partial<Bakthat> = {
      backup: async (_, options) => {
        const { password } = { ...(await options?.keys?.()) }
        const answer = (password as () => Promise<string | undefined>)()
        host.kill('SIGTERM')
        await answer
        return backupResultOf()
      },
    }
    const host = new FakeHost({ columns: 80, library })
    expect(await host.run('backup')).toMatchObject({ status: 143, stdout: '' })
  })
})

describe('the question for the password of an archive', () => {
  const restoreWith = (asked: number): Partial<Bakthat> => ({
    restore: async (_, options) => {
      const { password } = { ...(await options?.keys?.()) }
      const answers = []
      for (let time = 0; time < asked; time++) answers.push(await (password as () => Promise<string | undefined>)())
      return restoreResultOf({ topLevel: answers.map(String) })
    },
  })

  it('is asked once, however often the answer is needed', async () => {
    const options = { columns: 80, library: restoreWith(3), typed: [['Password: ', 'secret\r']] as const }
    const { status, stdout, stderr } = await run(['restore', 'x'], options)
    expect({ status, stderr }).toEqual({ status: 0, stderr: 'Password: \n' })
    expect(stdout).toContain('secret, secret, secret')
  })

  it('is not asked unless needed', async () => {
    expect(await run(['restore', 'x'], { columns: 80, library: restoreWith(0) })).toMatchObject({
      status: 0,
      stderr: '',
    })
  })

  it('makes verify expect that the password fits', async () => {
    const library: Partial<Bakthat> = {
      verify: async (_, { password } = {}) => {
        await (password as () => Promise<string | undefined>)()
        return [{ backup: backupOf(), outcome: 'stored' }]
      },
    }
    const verify = (typed: string) => run(['verify'], { columns: 80, library, typed: [['Password: ', typed]] })
    expect(await verify('wrong\r')).toMatchObject({ status: 5 })
    expect(await verify('\r')).toMatchObject({ status: 0 })
  })
})

describe('the question before deleting', () => {
  const question = 'Delete photos.20261123211819.tar.zst (12.3 MB, local)? [y/N] '
  const removal = async (answer: string, ...argv: readonly string[]) => {
    const removed: string[] = []
    const library: Partial<Bakthat> = {
      resolve: () => Promise.resolve(backupOf()),
      remove: (name) => {
        removed.push(name)
        return Promise.resolve(backupOf({ status: 'deleted' }))
      },
    }
    const typed = [[question, answer]] as const
    return {
      ...(await run(['delete', 'photos', ...argv], { columns: 80, library, typed, env: { NO_COLOR: '1' } })),
      removed,
    }
  }

  it.each(['y\r', 'YES\r', ' y \r'])('is answered yes by %j', async (answer) => {
    expect(await removal(answer)).toMatchObject({ status: 0, removed: ['photos.20261123211819.tar.zst'] })
  })

  it.each(['\r', 'n\r', 'yep\r', '\u0003', '\u0004'])('is answered no by %j', async (answer) => {
    expect(await removal(answer)).toMatchObject({ status: 130, removed: [], stdout: '' })
  })

  it('shows what is typed', async () => {
    expect((await removal('y\r')).stderr.replace(/\u001b\[\d*[A-Z]/g, '')).toBe(`${question}y\r\n`)
  })

  it('is not asked with --yes', async () => {
    expect(await removal('', '--yes')).toMatchObject({ status: 0, stderr: '' })
  })

  it('cannot be asked with --prompt no', async () => {
    expect(await removal('y\r', '--prompt', 'no')).toMatchObject({ status: 2, removed: [] })
  })
})

describe('progress', () => {
  const packing: Progress = { phase: 'packing', current: 'photos/beach.jpg', files: 1234, bytes: 0, bytesTotal: 4e9 }
  const shown = async (options: FakeHostOptions, ...argv: readonly string[]) => {
    const library: Partial<Bakthat> = {
      backup: (_, { onProgress, onNotice } = {}) => {
        for (let tick = 0; tick <= 40; tick++) {
          host.time = tick * 50
          onProgress?.({ ...packing, bytes: tick * 5e6 })
        }
        onNotice?.('by the way')
        return Promise.resolve(backupResultOf())
      },
    }
    const host = new FakeHost({ ...options, library })
    return (await host.run('backup', ...argv)).stderr.replace(escapes, '')
  }

  it('is one line, redrawn at most ten times a second after the first one, and erased', async () => {
    const [before, ...drawings] = (await shown({ columns: 100 })).split('\r\u001b[K')
    expect(before).toBe('')
    expect(drawings[0]).toMatchInlineSnapshot(
      `"packing  2%  100 MB of 4.0 GB  100 MB/s  0:39 left  1,234 files  photos/beach.jpg"`,
    )
    expect(drawings).toHaveLength(12)
    expect(drawings.at(-1)).toBe('by the way\n')
  })

  it('tells at once that something else is waited for', async () => {
    const library: Partial<Bakthat> = {
      restore: (_, { onProgress } = {}) => {
        const all = { current: 'photos/z.jpg', files: 9, bytes: 9e6, bytesTotal: 9e6 }
        host.time = 1000
        onProgress?.({ phase: 'restoring', ...all })
        onProgress?.({ phase: 'flushing', ...all })
        return Promise.resolve(restoreResultOf())
      },
    }
    const host = new FakeHost({ columns: 80, library })
    const { stderr } = await host.run('restore', 'photos')
    expect(stderr.split('\r\u001b[K').slice(1, 3)).toEqual([
      'restoring  100%  9.0 MB of 9.0 MB  0 B/s  9 files  photos/z.jpg',
      'flushing  100%  9.0 MB of 9.0 MB  0 B/s  9 files  photos/z.jpg',
    ])
  })

  it('makes way for a list that is written meanwhile', async () => {
    const entry = { path: 'a', type: 'file', size: 1, mode: 0o644, mtimeNs: 0n } as const
    const library: Partial<Bakthat> = {
      entries: async function* (_, { onProgress } = {}) {
        const progress = { phase: 'searching', current: 'photos', files: 0, bytes: 1e6 } as const
        for (const time of [1000, 1200]) {
          host.time = time
          onProgress?.(progress)
          for (let line = 0; line < 500; line++) yield await Promise.resolve(entry)
        }
      },
    }
    const host = new FakeHost({ columns: 80, library })
    const { stderr, stdout } = await host.run('contents', 'photos')
    expect(stdout.split('\n').length).toBeGreaterThan(1000)
    const drawn = expect.stringMatching(/^searching {2}1\.0 MB/) as unknown
    expect(stderr.split('\r\u001b[K')).toEqual(['', drawn, '', drawn, ''])
  })

  it.each([20, 40, 80])('fits a terminal of %i columns', async (columns) => {
    const drawings = (await shown({ columns })).split('\r\u001b[K').slice(1, -1)
    expect(drawings.filter((line) => line.length >= columns)).toEqual([])
    expect(drawings[0]).toMatchSnapshot()
  })

  it.each([
    ['without a terminal', {}, [], 'by the way\n'],
    ['with --quiet', { columns: 80 }, ['--quiet'], ''],
    ['on a dumb terminal', { columns: 80, env: { TERM: 'dumb' } }, [], 'by the way\n'],
  ])('is not shown %s', async (_, options, argv, expected) => {
    expect(await shown(options, ...argv)).toBe(expected)
  })

  it('does without a total, and starts anew with the next backup', async () => {
    const library: Partial<Bakthat> = {
      verify: (_, { onProgress } = {}) => {
        const phase = 'verifying'
        host.time = 1000
        onProgress?.({ phase, current: 'one', files: 0, bytes: 9e6 })
        host.time = 1200
        onProgress?.({ phase, current: 'two', files: 0, bytes: 1e6 })
        host.time = 1400
        onProgress?.({ phase, current: 'two', files: 1, bytes: 3e6 })
        return Promise.resolve([])
      },
    }
    const host = new FakeHost({ columns: 80, library })
    const { stderr } = await host.run('verify')
    expect(stderr.split('\r\u001b[K').slice(1, 4)).toEqual([
      'verifying  9.0 MB  0 B/s  one',
      'verifying  1.0 MB  0 B/s  two',
      'verifying  3.0 MB  10.0 MB/s  1 file  two',
    ])
  })
})

describe('a signal', () => {
  const interrupted = async (signals: readonly StopSignal[], betweenMs = 1000) => {
    const library: Partial<Bakthat> = {
      backup: (_, { signal } = {}) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => {
            setImmediate(() => reject(new DOMException('aborted', 'AbortError')))
          })
          for (const name of signals) {
            host.kill(name)
            host.time += betweenMs
          }
        }),
    }
    const host = new FakeHost({ library })
    return { ...(await host.run('backup', '--json')), exits: host.exits, closed: host.closed }
  }

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s stops what is under way, waits for it to clean up, and gives %i', async (signal, status) => {
    const { stdout, ...run } = await interrupted([signal])
    expect(run).toEqual({ status, stderr: 'stopping, cleaning up… (again to stop at once)\n', exits: [], closed: 1 })
    expect(JSON.parse(stdout)).toEqual({
      error: { code: 'INTERRUPTED', message: 'interrupted', exit_code: status },
    })
  })

  it('that comes a second time ends the process at once', async () => {
    expect(await interrupted(['SIGINT', 'SIGINT'])).toMatchObject({ exits: [130] })
    expect(await interrupted(['SIGINT', 'SIGTERM'], 0)).toMatchObject({ exits: [143] })
  })

  it('of a terminal that is closed lets it clean up, however often it comes', async () => {
    expect(await interrupted(['SIGHUP', 'SIGHUP'])).toMatchObject({ status: 129, exits: [] })
  })

  it.each(['SIGINT', 'SIGTERM'] as const)('%s that another program passes on as well is one', async (signal) => {
    expect(await interrupted([signal, signal], 100)).toMatchObject({ exits: [] })
  })
})
