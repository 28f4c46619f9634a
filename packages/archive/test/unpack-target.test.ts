import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { extract, type Bytes } from '@bakthat/archive'
import { packed, run, withDirectory } from './pack-support.js'
import { chunked, endOfArchive, entry, extractInto, openFiles, pax, refusal, snapshot, tar } from './unpack-support.js'

const isRoot = process.getuid?.() === 0
const asRoot = isRoot ? it : it.skip

const directoryEntry = (name: string, mode = 0o755): Buffer => entry({ name: `${name}/`, flag: '5', mode })

describe('a target', () => {
  it('that is missing is made, and not made when the restore fails', () =>
    withDirectory(async (directory) => {
      await extractInto(join(directory, 'out/'), tar(entry({ name: 'x' })))
      expect(readdirSync(join(directory, 'out'))).toEqual(['x'])
      expect(await refusal(extractInto(join(directory, 'bad/'), entry({ name: 'x' })))).toMatchObject({
        code: 'INTEGRITY',
      })
      expect(readdirSync(directory)).toEqual(['out'])
    }))

  it('is made with the directories above it, all at once, and none of them when the restore fails', () =>
    withDirectory(async (directory) => {
      const target = join(directory, 'a/b/c')
      expect(await refusal(extractInto(target, entry({ name: 'x' })))).toMatchObject({ code: 'INTEGRITY' })
      expect(readdirSync(directory)).toEqual([])
      const archive = tar(directoryEntry('d', 0o500), entry({ name: 'd/x', body: 'x' }))
      await extractInto(join(directory, 'out'), archive)
      const { topLevel } = await extractInto(target, archive, { overwrite: true })
      expect(topLevel).toEqual(['d'])
      expect([readdirSync(directory), readFileSync(join(target, 'd/x'), 'utf8')]).toEqual([['a', 'out'], 'x'])
      const modes = ['out', 'a', 'a/b', 'a/b/c'].map((name) => lstatSync(join(directory, name)).mode)
      expect(new Set(modes).size).toBe(1)
    }))

  it('whose parent is made by somebody else meanwhile adds nothing to what is there', () =>
    withDirectory(async (directory) => {
      async function* meanwhile(): Bytes {
        yield entry({ name: 'x' })
        mkdirSync(join(directory, 'a/other'), { recursive: true })
        yield endOfArchive
      }
      const { code } = await refusal(extract(meanwhile(), { to: join(directory, 'a/b') }))
      expect(code).toBe('ALREADY_EXISTS')
      expect([readdirSync(directory), readdirSync(join(directory, 'a'))]).toEqual([['a'], ['other']])
    }))

  it('may be reached through a link, when it is the target itself', () =>
    withDirectory(async (directory) => {
      mkdirSync(join(directory, 'real'))
      symlinkSync('real', join(directory, 'link'))
      await extractInto(join(directory, 'link'), tar(entry({ name: 'x' })))
      expect(readdirSync(join(directory, 'real'))).toEqual(['x'])
      expect(lstatSync(join(directory, 'link')).isSymbolicLink()).toBe(true)
    }))

  it.each(['file', 'dangling', 'file/out', 'file/in/out', 'dangling/in/out', 'nul\0', ''])(
    'that cannot be one is refused: %j',
    (name) =>
      withDirectory(async (directory) => {
        writeFileSync(join(directory, 'file'), 'mine')
        symlinkSync('gone', join(directory, 'dangling'))
        const before = snapshot(directory)
        const to = name === '' ? '' : join(directory, name)
        const { code, hint } = await refusal(extractInto(to, tar(entry({ name: 'x' })), { overwrite: true }))
        expect(code).toBe('INVALID_INPUT')
        expect(hint).toBeDefined()
        expect(snapshot(directory)).toEqual(before)
      }),
  )

  it.each(['/', '//', '/etc/..'])('that is the root directory is refused: %s', async (to) => {
    const before = readdirSync('/')
    const cut = entry({ name: 'x' })
    expect(await refusal(extractInto(to, cut))).toMatchObject({ code: 'INVALID_INPUT' })
    expect(readdirSync('/')).toEqual(before)
  })

  it('is where the restore is prepared, for it may be a disk of its own', () =>
    withDirectory(async (directory) => {
      mkdirSync(join(directory, 'out'))
      const prepared: (string | undefined)[][] = []
      const onProgress = (): unknown =>
        prepared.push([directory, join(directory, 'out')].map((path) => readdirSync(path)[0]))
      await extractInto(join(directory, 'out'), tar(entry({ name: 'x' })), { onProgress })
      expect(prepared[0]).toEqual(['out', expect.stringMatching(/^\.bakthat-restore-/)])
    }))

  it('keeps what it holds beside what is restored', () =>
    withDirectory(async (directory) => {
      writeFileSync(join(directory, 'mine'), 'mine')
      await extractInto(directory, tar(entry({ name: 'd/x', body: 'x' }), entry({ name: 'y' })))
      expect(readdirSync(directory).sort()).toEqual(['d', 'mine', 'y'])
    }))

  it('that holds what is in the way is left alone, before the archive is read any further', () =>
    withDirectory(async (directory) => {
      mkdirSync(join(directory, 'd'))
      writeFileSync(join(directory, 'd/mine'), 'mine')
      const before = snapshot(directory)
      async function* failing(): Bytes {
        yield Buffer.concat([entry({ name: 'free' }), entry({ name: 'd/new\nline' })])
        for (let i = 0; i < 40; i++) yield* chunked(entry({ name: String(i), body: Buffer.alloc(1 << 20) }))
        throw new Error('reached')
      }
      const { code, message, hint } = await refusal(extract(failing(), { to: directory }))
      expect({ code, message }).toEqual({ code: 'ALREADY_EXISTS', message: `${join(directory, 'd')} is in the way` })
      expect(hint).toContain('--overwrite')
      expect(snapshot(directory)).toEqual(before)
    }))
})

describe('overwriting', () => {
  it('removes what it replaced through no link that somebody puts there meanwhile', () =>
    withDirectory(async (directory) => {
      const [target, victim] = [join(directory, 'target'), join(directory, 'victim')]
      const names = Array.from({ length: 10 }, (_, index) => index)
      for (const path of [victim, ...names.flatMap((n) => [join(target, `tree/a${n}`), join(target, `tree/d${n}`)])])
        mkdirSync(path, { recursive: true })
      for (const n of names)
        for (let count = 0; count < 300; count++) writeFileSync(join(target, `tree/a${n}/${count}`), '')
      writeFileSync(join(victim, 'kept'), '')
      const script = `const { existsSync, renameSync, symlinkSync } = require('fs')
        process.chdir(${JSON.stringify(join(target, 'tree'))})
        console.log('ready')
        // Not on its own for ever, where the test was ended.
        for (const parent = process.ppid; existsSync('a0') && process.ppid === parent; );
        for (const n of ${JSON.stringify(names)})
          try { renameSync('d' + n, 'was' + n); symlinkSync(${JSON.stringify(victim)}, 'd' + n) } catch {}`
      const other = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] })
      await once(other.stdout, 'data')
      // What came meanwhile may keep the old tree from being removed whole.
      await extractInto(target, tar(entry({ name: 'tree' })), { overwrite: true }).catch(() => undefined)
      if (other.exitCode === null) await once(other, 'exit')
      expect(readdirSync(victim)).toEqual(['kept'])
    }))

  it('replaces each top-level entry as a whole, whatever it is', () =>
    withDirectory(async (directory) => {
      const target = join(directory, 'out')
      mkdirSync(join(target, 'closed/sub'), { recursive: true })
      writeFileSync(join(target, 'closed/sub/old'), 'old')
      chmodSync(join(target, 'closed/sub'), 0o555)
      chmodSync(join(target, 'closed'), 0o555)
      mkdirSync(join(target, 'becomes-file/sub'), { recursive: true })
      writeFileSync(join(target, 'becomes-directory'), 'old')
      symlinkSync(directory, join(target, 'becomes-plain'))
      writeFileSync(join(target, 'mine'), 'mine')
      const archive = tar(
        entry({ name: 'closed/new', body: 'new' }),
        entry({ name: 'becomes-file', body: 'new' }),
        entry({ name: 'becomes-directory/x', body: 'new' }),
        entry({ name: 'becomes-plain', body: 'new' }),
        entry({ name: 'becomes-link', flag: '2', link: 'mine' }),
      )
      const { topLevel, warnings } = await extractInto(target, archive, { overwrite: true })
      expect(topLevel).toHaveLength(5)
      expect(warnings).toEqual([])
      const found = run('sh', ['-c', `cd ${target} && find . | sort`])
        .toString()
        .split('\n')
        .slice(1, -1)
      expect(found).toEqual(
        [
          'becomes-directory',
          'becomes-directory/x',
          'becomes-file',
          'becomes-link',
          'becomes-plain',
          'closed',
          'closed/new',
          'mine',
        ].map((name) => `./${name}`),
      )
      expect(readFileSync(join(target, 'mine'), 'utf8')).toBe('mine')
      expect(lstatSync(join(target, 'becomes-plain')).isFile()).toBe(true)
    }))

  it('leaves everything as it was when the archive turns out damaged', () =>
    withDirectory(async (directory) => {
      writeFileSync(join(directory, 'x'), 'old')
      const before = snapshot(directory)
      const { code } = await refusal(extractInto(directory, entry({ name: 'x', body: 'new' }), { overwrite: true }))
      expect(code).toBe('INTEGRITY')
      expect(snapshot(directory)).toEqual(before)
    }))

  const canMount = isRoot && mountable()
  ;(canMount ? it : it.skip).each(['m', 'm/a disk'])('touches nothing where a file system is mounted: %s', (place) =>
    withDirectory(async (directory) => {
      const target = join(directory, 'out')
      for (const name of ['a', place, 'z']) mkdirSync(join(target, name), { recursive: true })
      writeFileSync(join(target, 'a/old'), 'old')
      await withMount(join(target, place), '64k', async () => {
        writeFileSync(join(target, place, 'only copy'), 'x')
        const before = snapshot(target)
        const archive = tar(...['a/new', 'm/new', 'n/new', 'z/new'].map((name) => entry({ name, body: 'new' })))
        expect(await refusal(extractInto(target, archive, { overwrite: true }))).toMatchObject({
          code: 'ALREADY_EXISTS',
          message: expect.stringContaining(`out/${place} is mounted there`),
        })
        expect(snapshot(target)).toEqual(before)
      })
    }),
  )

  ;(canMount ? it : it.skip)('touches nothing where a file system was mounted while the archive was read', () =>
    withDirectory(async (directory) => {
      const target = join(directory, 'out')
      const disk = join(target, 'm/disk')
      mkdirSync(disk, { recursive: true })
      const mountOnce = (): void => {
        if (readdirSync(disk).length > 0) return
        run('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', disk])
        writeFileSync(join(disk, 'only copy'), 'x')
      }
      const archive = tar(entry({ name: 'm/new', body: 'new' }))
      try {
        const restore = extractInto(target, archive, { overwrite: true, onProgress: mountOnce })
        expect(await refusal(restore)).toMatchObject({ code: 'ALREADY_EXISTS' })
        expect([readdirSync(target), readdirSync(disk)]).toEqual([['m'], ['only copy']])
      } finally {
        run('umount', [disk])
      }
    }),
  )

  ;(canMount ? it : it.skip)('on a full disk leaves nothing behind, and says so', () =>
    withDirectory(async (directory) => {
      mkdirSync(join(directory, 'small'))
      await withMount(join(directory, 'small'), '1m', async () => {
        writeFileSync(join(directory, 'small/mine'), 'mine')
        for (const target of ['small', 'small/new']) {
          const before = snapshot(join(directory, 'small'))
          const archive = tar(
            ...Array.from({ length: 40 }, (_, i) => entry({ name: `d/${i}`, body: Buffer.alloc(50_000, i) })),
          )
          const { code } = await refusal(extractInto(join(directory, target), archive))
          expect(code).toBe('NO_SPACE')
          expect(snapshot(join(directory, 'small'))).toEqual(before)
          expect(openFiles(directory)).toEqual([])
        }
      })
    }),
  )

  ;(canMount ? it : it.skip)('on a read-only file system is refused', () =>
    withDirectory(async (directory) => {
      mkdirSync(join(directory, 'fixed'))
      await withMount(join(directory, 'fixed'), '64k', async () => {
        run('mount', ['-o', 'remount,ro', join(directory, 'fixed')])
        for (const to of ['fixed', 'fixed/new'])
          expect(await refusal(extractInto(join(directory, to), tar(entry({}))))).toMatchObject({
            code: 'PERMISSION_DENIED',
          })
      })
    }),
  )
})

describe('an interruption', () => {
  it('before the start makes nothing', () =>
    withDirectory(async (directory) => {
      const failure = refusal(extractInto(join(directory, 'out'), tar(entry({})), { signal: AbortSignal.abort() }))
      expect(await failure).toMatchObject({ code: 'INTERRUPTED' })
      expect(readdirSync(directory)).toEqual([])
    }))

  it.each(['zstd', 'gzip', 'none'] as const)('in the middle leaves nothing behind (%s)', (format) =>
    withDirectory(async (directory) => {
      mkdirSync(join(directory, 'tree'))
      for (let i = 0; i < 8; i++)
        writeFileSync(join(directory, 'tree', String(i)), Buffer.alloc(1_500_000, String(i) + 'abc'))
      const { bytes } = await packed({ path: join(directory, 'tree'), compression: { format } })
      for (const share of [0.1, 0.5, 0.99]) {
        const stop = new AbortController()
        async function* stopping(): Bytes {
          yield* chunked(bytes.subarray(0, Math.floor(bytes.length * share)), 10_000)
          stop.abort()
          yield* chunked(bytes.subarray(Math.floor(bytes.length * share)), 10_000)
        }
        const { code } = await refusal(
          extract(stopping(), { to: join(directory, 'out'), signal: stop.signal, workers: 2 }),
        )
        expect(code).toBe('INTERRUPTED')
        expect(readdirSync(directory)).toEqual(['tree'])
      }
      expect(openFiles(directory)).toEqual([])
    }),
  )

  it('does not wait for a stream that hangs', () =>
    withDirectory(async (directory) => {
      const stop = new AbortController()
      async function* hanging(): Bytes {
        yield entry({ name: 'x', body: 'x' })
        setImmediate(() => {
          stop.abort(new Error('asked to'))
        })
        await new Promise(() => undefined)
      }
      const { code, error } = await refusal(extract(hanging(), { to: join(directory, 'out'), signal: stop.signal }))
      expect(code).toBe('INTERRUPTED')
      expect((error as Error).cause).toMatchObject({ message: 'asked to' })
      expect(readdirSync(directory)).toEqual([])
    }))

  it('by the one who watches the progress leaves nothing behind', () =>
    withDirectory(async (directory) => {
      const failure = new Error('enough')
      const { error } = await refusal(
        extractInto(join(directory, 'out'), tar(entry({})), {
          onProgress: () => {
            throw failure
          },
        }),
      )
      expect(error).toBe(failure)
      expect(readdirSync(directory)).toEqual([])
    }))
})

describe('special files', () => {
  const major = (value: number) => (header: Buffer) => {
    header.write(`${value.toString(8).padStart(7, '0')}\0`, 329, 'latin1')
    header.write('0000003\0', 337, 'latin1')
    header.fill(' ', 148, 156)
    header.write(
      `${header
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
      'latin1',
    )
  }
  const archive = tar(
    entry({ name: 'd/fifo\n', flag: '6', mode: 0o620, uid: 12 }),
    entry({ name: "d/-it's $(null)", flag: '3', mode: 0o604, sabotage: major(1) }),
    pax({ path: 'd/zero' }),
    entry({ flag: '4', mode: 0o600, sabotage: major(7) }),
  )

  asRoot('are made when they are asked for, whatever their names', () =>
    withDirectory(async (directory) => {
      const { warnings } = await extractInto(join(directory, 'out'), archive, { special: true })
      expect(warnings).toEqual([])
      const found = ['fifo\n', "-it's $(null)", 'zero'].map((name) => {
        const { mode, rdev, uid, mtimeMs } = lstatSync(join(directory, 'out/d', name))
        return [mode.toString(8), rdev, uid, mtimeMs]
      })
      expect(found).toEqual([
        ['10620', 0, 12, 1_600_000_000_000],
        ['20604', 0x103, 0, 1_600_000_000_000],
        ['60600', 0x703, 0, 1_600_000_000_000],
      ])
    }),
  )

  asRoot('that the system does not let be made are refused in every language', () =>
    withDirectory(async (directory) => {
      const script = `#!/bin/sh
[ "$LC_ALL" = C ] && reason='Operation not permitted' || reason='Die Operation ist nicht erlaubt'
echo "mknod: node: $reason" >&2
exit 1`
      writeFileSync(join(directory, 'mknod'), script, { mode: 0o755 })
      writeFileSync(join(directory, 'a.tar'), archive)
      const restore = `
        import { createReadStream } from 'node:fs'
        import { extract } from '@bakthat/archive'
        const bytes = createReadStream(${JSON.stringify(join(directory, 'a.tar'))})
        await extract(bytes, { to: ${JSON.stringify(join(directory, 'out'))}, special: true }).catch((error) => console.log(error.code, error.message))`
      const env = { ...process.env, PATH: `${directory}:${process.env['PATH']}`, LC_ALL: 'de_DE.UTF-8' }
      const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', restore], { env, encoding: 'utf8' })
      expect(stdout).toMatch(/^PERMISSION_DENIED /)
    }),
  )

  asRoot('are UNSUPPORTED where nothing can make them', () =>
    withDirectory(async (directory) => {
      const path = process.env['PATH']
      process.env['PATH'] = directory
      try {
        const restore = extractInto(join(directory, 'out'), archive, { special: true })
        expect(await refusal(restore)).toMatchObject({ code: 'UNSUPPORTED', hint: expect.any(String) })
      } finally {
        process.env['PATH'] = path
      }
    }),
  )

  it('are told of when they are not', () =>
    withDirectory(async (directory) => {
      const { warnings, entries } = await extractInto(join(directory, 'out'), archive)
      expect(entries).toBe(3)
      expect(warnings.map(({ path }) => path)).toEqual(['d/fifo\\n', "d/-it's $(null)", 'd/zero'])
      expect(warnings[0]).toMatchObject({ message: 'a fifo, which is made with --special, and by root only' })
    }))
})

describe('what is replaced', () => {
  it.each(['tree', 'tree/kept', 'link'])('is nothing that what is to be spared lies in: %s', (spared) =>
    withDirectory(async (directory) => {
      mkdirSync(join(directory, 'tree/kept'), { recursive: true })
      writeFileSync(join(directory, 'tree/kept/only copy'), 'x')
      symlinkSync('tree/kept', join(directory, 'link'))
      const archive = tar(entry({ name: 'other' }), entry({ name: 'tree' }))
      const options = { overwrite: true, spare: [join(directory, spared), join(directory, 'nothing')] }
      expect(await refusal(extractInto(directory, archive, options))).toMatchObject({
        code: 'ALREADY_EXISTS',
        message: expect.stringContaining('would go with it'),
      })
      expect(readdirSync(directory).sort()).toEqual(['link', 'tree'])
      expect(readFileSync(join(directory, 'tree/kept/only copy'), 'utf8')).toBe('x')
      if (spared !== 'tree') await extractInto(directory, tar(entry({ name: 'link' })), options)
    }),
  )
})

describe('someone who is not root', () => {
  /** Runs a script as nobody, in a directory that belongs to nobody, with `extract`, `inspect`, `tar`-bytes in a file. */
  async function asNobody(
    script: string,
    archive: Uint8Array,
    prepare = '',
    setUp?: (directory: string) => void,
  ): Promise<{ output: unknown; directory: string }> {
    return withNobody((directory) => {
      writeFileSync(join(directory, 'archive'), archive)
      setUp?.(directory)
      const code = `
        import * as fs from 'node:fs'
        import { extract } from ${JSON.stringify(import.meta.resolve('@bakthat/archive'))}
        process.setgroups([]); process.setgid(65534); process.setuid(65534)
        process.umask(0o022)
        const bytes = () => fs.createReadStream('archive')
        ${prepare}
        const attempt = async (options) => {
          try { return await extract(bytes(), { workers: 1, ...options }) }
          catch (error) { return { code: error.code, message: error.message } }
        }
        ${script}
      `
      const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
        cwd: directory,
      })
      if (status !== 0) throw new Error(stderr.toString())
      return { output: JSON.parse(stdout.toString()) as unknown, directory }
    })
  }

  async function withNobody<Result>(use: (directory: string) => Result): Promise<Result> {
    const directory = mkdtempSync(join(tmpdir(), 'bakthat-nobody-'))
    chownSync(directory, 65534, 65534)
    try {
      return await use(directory)
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  }

  const closed = [
    directoryEntry('top', 0o555),
    directoryEntry('top/sub', 0o500),
    entry({ name: 'top/sub/file', mode: 0o444, uid: 0, body: 'x' }),
    entry({ name: 'top/none', mode: 0, uid: 4242 }),
    entry({ name: 'top/all', mode: 0o666, uid: 4242 }),
    entry({ name: 'top/link', flag: '2', link: 'none', uid: 4242 }),
  ]
  const modes = `
    const mode = (path) => { const { mode, uid } = fs.lstatSync(path); return (mode & 0o7777).toString(8) + ' ' + uid }
    const modes = () => ['top', 'top/sub', 'top/sub/file', 'top/none', 'top/all'].map((name) => mode('out/' + name))
  `

  asRoot('gets closed directories back, modes exact, owners left alone', async () => {
    const { output } = await asNobody(
      `${modes}
      const first = await attempt({ to: 'out' })
      console.log(JSON.stringify({ warnings: first.warnings, modes: modes(), left: fs.readdirSync('.') }))`,
      tar(...closed),
    )
    expect(output).toEqual({
      warnings: [],
      modes: ['555 65534', '500 65534', '444 65534', '0 65534', '666 65534'],
      left: ['archive', 'out'],
    })
  })

  asRoot('gets a closed directory back that stands in the archive twice', async () => {
    const { output } = await asNobody(
      `const { code } = await attempt({ to: 'out' })
      const modes = ['out/top', 'out/top/sub'].map((path) => fs.lstatSync(path).mode & 0o7777)
      console.log(JSON.stringify({ code, modes }))`,
      tar(
        ...[0o700, 0o111].flatMap((mode) => [
          directoryEntry('top', mode & 0o333),
          directoryEntry('top/sub', mode & 0o333),
        ]),
      ),
    )
    expect(output).toEqual({ modes: [0o111, 0o111] })
  })

  asRoot('replaces closed directories by others, and is told where that is not allowed', async () => {
    const { output } = await asNobody(
      `${modes}
      await attempt({ to: 'out' })
      const again = await attempt({ to: 'out', overwrite: true })
      console.log(JSON.stringify({ again: again.topLevel, modes: modes(), left: fs.readdirSync('out') }))`,
      tar(...closed),
    )
    expect(output).toEqual({
      again: ['top'],
      modes: ['555 65534', '500 65534', '444 65534', '0 65534', '666 65534'],
      left: ['top'],
    })
  })

  asRoot('is told where something that was replaced could not be removed', async () => {
    const { output } = await asNobody(
      `const { warnings } = await attempt({ to: 'shared', overwrite: true })
      console.log(JSON.stringify({ warnings, restored: fs.readdirSync('shared/top'), left: fs.readdirSync(warnings[0].path + '/top/foreign') }))`,
      tar(entry({ name: 'top/new' })),
      '',
      (directory) => {
        mkdirSync(join(directory, 'shared/top/foreign'), { recursive: true })
        writeFileSync(join(directory, 'shared/top/foreign/file'), '')
        for (const name of ['shared', 'shared/top']) chownSync(join(directory, name), 65534, 65534)
      },
    )
    expect(output).toMatchObject({
      warnings: [{ code: 'skipped', message: expect.stringContaining('could not be removed'), incomplete: true }],
      restored: ['new'],
      left: ['file'],
    })
  })

  asRoot('takes closed directories away again when the restore fails at its end', async () => {
    // A symbolic link is made at the very end, and this one cannot be.
    const link = [pax({ linkpath: 'x'.repeat(5000) }), entry({ name: 'zz', flag: '2' })]
    const { output } = await asNobody(
      `const failure = await attempt({ to: 'out' })
      fs.mkdirSync('existing'); fs.mkdirSync('existing/top', 0o555)
      const again = await attempt({ to: 'existing', overwrite: true })
      console.log(JSON.stringify({ codes: [failure.code, again.code], left: [fs.readdirSync('.'), fs.readdirSync('existing')] }))`,
      tar(...closed, ...link),
    )
    expect(output).toEqual({ codes: ['UNSUPPORTED', 'UNSUPPORTED'], left: [['archive', 'existing'], ['top']] })
  })

  asRoot('takes everything back when a sticky directory holds what belongs to someone else', () =>
    withDirectory(async (directory) => {
      chmodSync(directory, 0o755)
      const shared = join(directory, 'shared')
      mkdirSync(shared)
      chmodSync(shared, 0o1777)
      mkdirSync(join(shared, 'a'), { mode: 0o555 })
      chownSync(join(shared, 'a'), 65534, 65534)
      mkdirSync(join(shared, 'b'))
      const before = snapshot(shared)
      const archive = tar(entry({ name: 'a/new' }), entry({ name: 'b/new' }), endOfArchive)
      const { output } = await asNobody(
        `console.log(JSON.stringify(await attempt({ to: ${JSON.stringify(shared)}, overwrite: true })))`,
        archive,
      )
      expect(output).toMatchObject({ code: 'PERMISSION_DENIED' })
      expect(snapshot(shared)).toEqual(before)
    }),
  )

  asRoot('cannot restore where it may not write', () =>
    withDirectory(async (directory) => {
      mkdirSync(join(directory, 'locked'))
      chmodSync(directory, 0o755)
      for (const to of [join(directory, 'locked'), join(directory, 'locked/new')]) {
        const { output } = await asNobody(
          `console.log(JSON.stringify(await attempt({ to: ${JSON.stringify(to)} })))`,
          tar(entry({})),
        )
        expect(output).toMatchObject({ code: 'PERMISSION_DENIED', message: expect.stringContaining(to) })
      }
      expect(existsSync(join(directory, 'locked/new'))).toBe(false)
    }),
  )

  asRoot('gets an unreadable archive told as what it is', async () => {
    const { output } = await asNobody(
      `const error = await attempt({ to: 'out' }); console.log(JSON.stringify({ ...error, left: fs.readdirSync('.') }))`,
      tar(entry({})),
      `fs.unlinkSync('archive'); fs.writeFileSync('archive', '', { mode: 0 })`,
    )
    expect(output).toMatchObject({ code: 'EACCES', message: expect.stringContaining('archive'), left: ['archive'] })
  })
})

function mountable(): boolean {
  const directory = mkdtempSync(join(tmpdir(), 'bakthat-mount-'))
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', directory])
  if (status === 0) spawnSync('umount', [directory])
  rmSync(directory, { recursive: true })
  return status === 0
}

async function withMount(directory: string, size: string, use: () => Promise<void>): Promise<void> {
  run('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'none', directory])
  try {
    await use()
  } finally {
    run('umount', [directory])
  }
}
