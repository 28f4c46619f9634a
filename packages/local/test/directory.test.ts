import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { link, mkdir, readFile, realpath, symlink, writeFile } from 'node:fs/promises'

import { describe, expect, it } from '@jest/globals'
import { local, openLocal } from '@bakthat/local'
import { single } from '@bakthat/storage'

import { bytesOf, mebibytes, namesIn, Place, read } from './place.js'

const hello = (): AsyncIterable<Uint8Array> => single(Buffer.from('hello'))
const mode = (path: string): string => (statSync(path).mode & 0o7777).toString(8)

describe('the directory', () => {
  it('is made by the first put, which says so, and never by reading', async () => {
    await using place = await Place.make()
    const backend = openLocal(place.in('not/yet'))
    expect(await namesIn(backend)).toEqual([])
    await expect(backend.stat('a')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await backend.remove('a')
    expect(existsSync(place.in('not'))).toBe(false)
    const notices: string[] = []
    const onNotice = (notice: string): void => void notices.push(notice)
    await backend.put('a/b', hello(), { onNotice })
    await backend.put('c/d', hello(), { onNotice })
    expect(notices).toEqual([`made the directory ${await realpath(place.in('not/yet'))}`])
  })

  it.each([0o000, 0o022, 0o077])('and its files are for their owner alone, under umask %o', async (mask) => {
    await using place = await Place.make()
    const before = process.umask(mask)
    try {
      await openLocal(place.in('made')).put('a/b', hello())
    } finally {
      process.umask(before)
    }
    expect([mode(place.in('made')), mode(place.in('made/a')), mode(place.in('made/a/b'))]).toEqual([
      '700',
      '700',
      '600',
    ])
  })

  it('keeps every blob as a plain file of its name', async () => {
    await using place = await Place.make()
    await openLocal(place.path).put('.bakthat/manifests/a b%.json', hello())
    expect(await readFile(place.in('.bakthat/manifests/a b%.json'), 'utf8')).toBe('hello')
  })

  it('is the same container by whatever path it is reached', async () => {
    await using place = await Place.make()
    await mkdir(place.in('real'))
    await symlink('real', place.in('link'))
    expect(openLocal(place.in('link/later')).container).toBe(
      await realpath(place.path).then((path) => `${path}/real/later`),
    )
    expect(openLocal(place.in('real/../link/later/')).container).toBe(openLocal(place.in('real/later')).container)
  })

  it('lists the files that other programs put there, and nothing that is no file', async () => {
    await using place = await Place.make()
    await mkdir(place.in('empty'))
    await writeFile(place.in('copied by hand.tgz'), 'x')
    await link(place.in('copied by hand.tgz'), place.in('hard link'))
    await symlink('copied by hand.tgz', place.in('symlink'))
    execFileSync('mkfifo', [place.in('pipe')])
    await writeFile(place.in('.site.1.0123456789abcdef.partial'), 'half')
    await writeFile(place.in('.site.claim'), '1')
    expect(await namesIn(openLocal(place.path))).toEqual(['copied by hand.tgz', 'hard link'])
  })

  it('refuses the names that unfinished files have', async () => {
    await using place = await Place.make()
    const backend = openLocal(place.path)
    for (const name of ['.a.1.0123456789abcdef.partial', 'x/.a.claim']) {
      await expect(backend.put(name, hello())).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    }
    await backend.put('a.partial', hello())
    await backend.put('x/a.claim', hello())
    expect(await namesIn(backend)).toEqual(['a.partial', 'x/a.claim'])
  })
})

describe('a symbolic link in the directory', () => {
  it('planted as a blob is never read, written or listed', async () => {
    await using place = await Place.make()
    await writeFile(place.in('secret'), 'secret')
    await mkdir(place.in('store'))
    await symlink('../secret', place.in('store/blob'))
    const backend = openLocal(place.in('store'))
    await expect(backend.stat('blob')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(backend.retrieve('blob')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(backend.put('blob', hello())).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
    expect(await namesIn(backend)).toEqual([])
    await backend.remove('blob')
    expect(existsSync(place.in('store/blob'))).toBe(false)
    expect(await readFile(place.in('secret'), 'utf8')).toBe('secret')
  })

  it('that points to nothing yet is not written through', async () => {
    await using place = await Place.make()
    await mkdir(place.in('store'))
    await symlink('../later', place.in('store/blob'))
    await expect(openLocal(place.in('store')).put('blob', hello())).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
    expect(existsSync(place.in('later'))).toBe(false)
  })

  it('planted as a directory leads nowhere', async () => {
    await using place = await Place.make()
    await mkdir(place.in('outside'))
    await writeFile(place.in('outside/blob'), 'secret')
    await mkdir(place.in('store'))
    await symlink('../outside', place.in('store/.bakthat'))
    const backend = openLocal(place.in('store'))
    await expect(backend.retrieve('.bakthat/blob')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(backend.put('.bakthat/more', hello())).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
    await expect(backend.put('.bakthat/deep/more', hello())).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
    await backend.remove('.bakthat/blob')
    expect(await namesIn(backend)).toEqual([])
    expect(readdirSync(place.in('outside'))).toEqual(['blob'])
  })
})

describe('a pipe planted as a blob', () => {
  it('is not waited for', async () => {
    await using place = await Place.make()
    execFileSync('mkfifo', [place.in('blob')])
    const backend = openLocal(place.path)
    await expect(backend.retrieve('blob')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(backend.put('blob', hello())).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
  })
})

const whereCounted = existsSync('/proc/self/fd') ? describe : describe.skip

whereCounted('open files', () => {
  /** How many files under the place this process holds open. */
  async function openIn(place: Place): Promise<number> {
    const { readlink } = await import('node:fs/promises')
    const targets = await Promise.all(
      readdirSync('/proc/self/fd').map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
    )
    return targets.filter((target) => target.startsWith(place.path)).length
  }

  it('are closed when a reader stops early, never begins or is interrupted', async () => {
    await using place = await Place.make()
    const backend = openLocal(place.path)
    await backend.put('blob', mebibytes(5))
    await bytesOf(backend, 'blob')
    for await (const chunk of await bytesOf(backend, 'blob')) if (chunk.length > 0) break
    expect(await openIn(place)).toBe(0)
  })

  it('are closed after puts that fail', async () => {
    await using place = await Place.make()
    const backend = openLocal(place.path)
    async function* failing(): AsyncIterable<Uint8Array> {
      yield* mebibytes(9)
      throw new Error('broke')
    }
    await expect(backend.put('blob', failing())).rejects.toThrow('broke')
    await backend.put('blob', hello())
    await expect(backend.put('blob', hello())).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
    expect(await openIn(place)).toBe(0)
    expect((await read(backend, 'blob')).toString()).toBe('hello')
  })
})

describe('the definition', () => {
  it('opens the directory that local_dir names, and makes nothing', async () => {
    await using place = await Place.make()
    const backend = await local.open({ local_dir: place.in('later'), s3_bucket: 'not ours' })
    expect([local.scheme, backend.scheme, backend.container]).toEqual([
      'local',
      'local',
      `${await realpath(place.path)}/later`,
    ])
    expect(existsSync(place.in('later'))).toBe(false)
  })

  it.each([undefined, null, '', 'relative/path', '~/backups', 5, '/a\0b', ['/a']])('refuses %j', async (directory) => {
    await expect(local.open({ local_dir: directory })).rejects.toMatchObject({ code: 'INVALID_CONFIG' })
  })

  it('refuses a file', async () => {
    await using place = await Place.make()
    await writeFile(place.in('file'), 'x')
    await expect(local.open({ local_dir: place.in('file') })).rejects.toMatchObject({ code: 'INVALID_CONFIG' })
    await expect(local.open({ local_dir: place.in('file/below') })).rejects.toMatchObject({ code: 'INVALID_CONFIG' })
  })
})
