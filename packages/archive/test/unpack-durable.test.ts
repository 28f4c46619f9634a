import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { withDirectory } from './pack-support.js'
import { entry, snapshot, tar } from './unpack-support.js'

/**
 * Restores an archive in a process of its own, whose file system tells in which order things were synced, renamed and
 * removed. `fault` is a script that may make `fs` worse before.
 */
function restored(
  archive: Uint8Array,
  options: { readonly to: string; readonly overwrite?: boolean; readonly name?: string; readonly path?: string },
  fault = '',
): { readonly error?: { readonly code: string; readonly hint: string }; readonly steps: readonly string[] } {
  const script = `
    import fs from 'node:fs'
    import { syncBuiltinESMExports } from 'node:module'
    const { to, name, overwrite } = JSON.parse(process.argv[1])
    const bytes = fs.readFileSync(0)
    const steps = []
    const short = (path) => String(path).replace(/.*\\.bakthat-restore-[^/]*/, 'staging').replace(to, 'target')
    const told = (key, describe) => {
      const call = fs[key]
      fs[key] = (...args) => {
        const told = describe(args[0])
        if (told !== undefined) steps.push(told)
        return call(...args)
      }
    }
    const opened = (descriptor) => fs.readlinkSync('/proc/self/fd/' + descriptor)
    ${fault}
    for (const key of ['fsync', 'fsyncSync']) told(key, (descriptor) => 'sync ' + short(opened(descriptor)))
    told('renameSync', (path) => 'rename ' + short(path))
    told('rmdirSync', (path) => 'remove')
    syncBuiltinESMExports()
    const { extract, extractFile } = await import('@bakthat/archive')
    async function* stream() { yield bytes }
    const restore = name === undefined ? extract(stream(), { to, overwrite }) : extractFile(stream(), { to, overwrite, name })
    const error = await restore.then(() => undefined, ({ code, hint }) => ({ code, hint }))
    console.log(JSON.stringify({ error, steps }))
  `
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', script, JSON.stringify(options)],
    { cwd: import.meta.dirname, input: archive, env: { ...process.env, PATH: options.path ?? process.env['PATH'] } },
  )
  if (status !== 0) throw new Error(stderr.toString())
  return JSON.parse(stdout.toString()) as ReturnType<typeof restored>
}

const tree = tar(
  entry({ name: 'd/', flag: '5', mode: 0o755 }),
  entry({ name: 'd/closed/', flag: '5', mode: 0 }),
  entry({ name: 'd/closed/x', body: 'x', mode: 0 }),
  entry({ name: 'd/link', flag: '2', link: 'closed' }),
)

const many = tar(...Array.from({ length: 1200 }, (_, i) => entry({ name: `d/${i}`, body: 'x' })))

/** Has every call that syncs fail. */
const failing = (code: string): string => `
  const failure = Object.assign(new Error('failed'), { code: '${code}', syscall: 'fsync' })
  fs.fsyncSync = () => { throw failure }
  fs.fsync = (_, done) => done(failure)
`

/** A directory with a program `sync` that notes its arguments and ends with a status. */
function withSync(directory: string, status: number): string {
  mkdirSync(join(directory, 'bin'))
  const script = `#!/bin/sh\necho "$@" >> ${join(directory, 'synced')}\nexit ${status}\n`
  writeFileSync(join(directory, 'bin/sync'), script)
  chmodSync(join(directory, 'bin/sync'), 0o755)
  return `${join(directory, 'bin')}:${process.env['PATH']}`
}

describe('what is restored', () => {
  it.each([false, true])(
    'is on the disk before it is in place, and before what it replaces is removed: %j',
    (isThere) =>
      withDirectory((directory) => {
        const to = join(directory, 'out')
        if (isThere) mkdirSync(join(to, 'd/old'), { recursive: true })
        const { error, steps } = restored(tree, { to, overwrite: true })
        expect(error).toBeUndefined()
        const [made, placed] = [steps.slice(0, 4), steps.slice(4, steps.indexOf('remove'))]
        const inner = ['/d/closed/x', '/d/closed', '/d', ''].map((path) => `sync staging/new${path}`)
        expect(made).toEqual(inner)
        expect(placed).toEqual(
          isThere
            ? ['rename target/d', 'rename staging/new/d', 'sync staging/old', 'sync target', 'sync target/d']
            : ['rename staging/new', `sync ${directory}`, 'sync target/d'],
        )
        expect(readdirSync(directory)).toEqual(['out'])
      }),
  )

  it('is so too where the directories above it are missing', () =>
    withDirectory((directory) => {
      const { error, steps } = restored(tree, { to: join(directory, 'a/b/c') })
      expect(error).toBeUndefined()
      expect(steps.slice(4, steps.indexOf('remove'))).toEqual([
        'rename staging/new',
        'sync staging/above',
        'sync staging/above/b',
        'rename staging/above',
        `sync ${directory}`,
        'sync target/d',
      ])
    }))

  it('as one file is so too', () =>
    withDirectory((directory) => {
      writeFileSync(join(directory, 'x'), 'old')
      const { steps } = restored(Buffer.from('new'), { to: directory, name: 'x', overwrite: true })
      expect(steps.slice(0, steps.indexOf('remove'))).toEqual([
        'sync staging/new/x',
        'sync staging/new',
        'rename target/x',
        'rename staging/new/x',
        'sync staging/old',
        'sync target',
      ])
      expect(readFileSync(join(directory, 'x'), 'utf8')).toBe('new')
    }))

  it.each([
    ['EIO', 'UNAVAILABLE'],
    ['ENOSPC', 'NO_SPACE'],
    ['EDQUOT', 'NO_SPACE'],
  ])('leaves everything as it was when the disk answers %s at last', (errno, code) =>
    withDirectory((directory) => {
      const to = join(directory, 'out')
      mkdirSync(join(to, 'd'), { recursive: true })
      writeFileSync(join(to, 'd/mine'), 'mine')
      const before = snapshot(to)
      for (const fault of [failing(errno), failing(errno).replace(/fs\.fsync = .*/, '')])
        for (const name of [undefined, 'd']) {
          const { error } = restored(tree, { to, overwrite: true, ...(name === undefined ? {} : { name }) }, fault)
          expect(error).toEqual({ code, hint: expect.any(String) })
          expect(snapshot(to)).toEqual(before)
        }
    }),
  )

  it('goes where the file system has nothing to wait for', () =>
    withDirectory((directory) => {
      expect(restored(tree, { to: join(directory, 'out') }, failing('EINVAL')).error).toBeUndefined()
      expect(readdirSync(join(directory, 'out'))).toEqual(['d'])
    }))

  it.each(['EBADF', 'EISDIR', 'EACCES'])('goes where a server will not write out directories, and says %s', (errno) =>
    withDirectory((directory) => {
      const refusing = `
        const failure = Object.assign(new Error('failed'), { code: '${errno}', syscall: 'fsync' })
        const isDirectory = (descriptor) => fs.fstatSync(descriptor).isDirectory()
        const [sync, syncNow] = [fs.fsync, fs.fsyncSync]
        fs.fsync = (descriptor, done) => (isDirectory(descriptor) ? done(failure) : sync(descriptor, done))
        fs.fsyncSync = (descriptor) => { if (isDirectory(descriptor)) throw failure; syncNow(descriptor) }`
      expect(restored(tree, { to: join(directory, 'out') }, refusing).error).toBeUndefined()
      expect(restored(tree, { to: join(directory, 'other') }, failing(errno)).error).toBeDefined()
    }),
  )

  it('as many files is asked for one by one where there is no memory for another process', () =>
    withDirectory((directory) => {
      const fault = `
        const processes = process.getBuiltinModule('node:child_process')
        processes.spawn = () => { throw Object.assign(new Error('spawn'), { code: 'ENOMEM' }) }`
      const { error, steps } = restored(many, { to: join(directory, 'out') }, fault)
      expect(error).toBeUndefined()
      expect(steps.indexOf('rename staging/new')).toBe(1202)
    }))

  it('as many files is on the disk by one call for the whole file system', () =>
    withDirectory((directory) => {
      const { error, steps } = restored(many, { to: join(directory, 'out'), path: withSync(directory, 0) })
      expect(error).toBeUndefined()
      expect(readFileSync(join(directory, 'synced'), 'utf8')).toMatch(/^-f -- .*\/\.bakthat-restore-[^/]*\/new\n$/)
      expect(steps[0]).toBe('rename staging/new')
    }))

  it.each(['fails', 'is missing'])('as many files is asked for one by one where that %s', (what) =>
    withDirectory((directory) => {
      const path = what === 'fails' ? withSync(directory, 1) : '/nowhere'
      const { error, steps } = restored(many, { to: join(directory, 'out'), path })
      expect(error).toBeUndefined()
      expect(existsSync(join(directory, 'synced'))).toBe(what === 'fails')
      expect(steps.indexOf('rename staging/new')).toBe(1202)

      const broken = restored(many, { to: join(directory, 'other'), path }, failing('EIO'))
      expect(broken.error?.code).toBe('UNAVAILABLE')
      expect(existsSync(join(directory, 'other'))).toBe(false)
    }),
  )
})
