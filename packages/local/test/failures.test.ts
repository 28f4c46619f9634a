import { execFileSync } from 'node:child_process'
import { readlinkSync, readdirSync } from 'node:fs'
import { chmod, link, mkdir, open, readdir, readFile, rm, truncate, writeFile, type FileHandle } from 'node:fs/promises'

import { describe, expect, it, jest } from '@jest/globals'
import { openLocal } from '@bakthat/local'
import { registers, single, type Bytes } from '@bakthat/storage'

import { outcomeOf } from './children/child.js'
import { bytesOf, mebibytes, namesIn, onDisk, Place, read } from './place.js'

/** A temporary directory with a small memory file system mounted on it. */
class Disk implements AsyncDisposable {
  readonly path: string
  readonly place: Place

  private constructor(place: Place) {
    this.place = place
    this.path = place.path
  }

  static async mount(options: string): Promise<Disk> {
    const place = await Place.make()
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', place.path], { stdio: 'ignore' })
    } catch (error) {
      await place[Symbol.asyncDispose]()
      throw error
    }
    return new Disk(place)
  }

  remount(options: string): void {
    execFileSync('mount', ['-o', `remount,${options}`, this.path], { stdio: 'ignore' })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    execFileSync('umount', ['-l', this.path], { stdio: 'ignore' })
    await this.place[Symbol.asyncDispose]()
  }
}

async function mayMount(): Promise<boolean> {
  try {
    const disk = await Disk.mount('size=1m')
    await disk[Symbol.asyncDispose]()
    return true
  } catch {
    return false
  }
}

const whereMounting = (await mayMount()) ? it : it.skip

describe('a full disk', () => {
  whereMounting('rejects with NO_SPACE, leaves nothing half-written and keeps what is there', async () => {
    await using disk = await Disk.mount('size=8m')
    const backend = openLocal(disk.path)
    await backend.put('there', mebibytes(2))
    for (const name of ['large', 'large again']) {
      await expect(backend.put(name, mebibytes(20))).rejects.toMatchObject({
        code: 'NO_SPACE',
        hint: 'free some space or choose another directory',
      })
    }
    expect(await disk.place.leftovers()).toEqual([])
    expect(await namesIn(backend)).toEqual(['there'])
    expect(await read(backend, 'there')).toHaveLength(2 * 1024 * 1024)
    await backend.put('small', mebibytes(4))
  })

  whereMounting('says so when there is no room for another name', async () => {
    await using disk = await Disk.mount('size=8m,nr_inodes=4')
    const backend = openLocal(disk.path)
    await backend.put('one', mebibytes(1))
    await expect(backend.put('a/b/c/d', mebibytes(1))).rejects.toMatchObject({ code: 'NO_SPACE' })
    expect(await namesIn(backend)).toEqual(['one'])
  })

  whereMounting('leaves nothing of a change of a value that others would wait for, and lets a value go', async () => {
    await using disk = await Disk.mount('size=64k')
    const values = registers(openLocal(disk.path, { patienceSeconds: 0.1 }))!
    await values.write('key', Buffer.from('before'))
    await writeFile(disk.place.in('fill'), Buffer.alloc(60 * 1024))
    await expect(values.write('key', Buffer.from('after'))).rejects.toMatchObject({ code: 'NO_SPACE' })
    await values.erase('key')
    expect(readdirSync(disk.path)).toEqual(['fill'])
    await values.write('key', Buffer.from('after'))
  })
})

/** Of Node, which exports it nowhere. */
async function fileHandles(): Promise<FileHandle> {
  await using file = await open('/dev/null')
  return Object.getPrototypeOf(file) as FileHandle
}

function openFilesBelow(directory: string): readonly string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${fd}`)
      return path.startsWith(directory) ? [path] : []
    } catch {
      return []
    }
  })
}

const whereProc = process.platform === 'linux' ? it : it.skip

describe('a failing disk', () => {
  whereProc('is UNAVAILABLE, and leaves no file open', async () => {
    await using place = await Place.make()
    const backend = openLocal(place.path)
    await backend.put('archive', mebibytes(1))
    const failure = Object.assign(new Error('i/o error'), { code: 'EIO' })
    const failing = jest.spyOn(await fileHandles(), 'stat').mockRejectedValueOnce(failure)
    try {
      await expect(read(backend, 'archive')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
      expect(openFilesBelow(place.path)).toEqual([])
    } finally {
      failing.mockRestore()
    }
  })

  it('leaves nothing where closing fails, too', async () => {
    await using place = await Place.make()
    const full = Object.assign(new Error('over quota'), { code: 'EDQUOT' })
    const failing = jest.spyOn(await fileHandles(), 'writev').mockImplementationOnce(function (this: FileHandle) {
      const close = this.close.bind(this)
      this.close = () => close().then(() => Promise.reject(full))
      return Promise.reject(full)
    })
    try {
      const put = openLocal(place.path).put('archive', single(Buffer.from('bytes')))
      await expect(put).rejects.toMatchObject({ code: 'NO_SPACE' })
      expect(await readdir(place.path)).toEqual([])
    } finally {
      failing.mockRestore()
    }
  })
})

describe('a directory that may not be written', () => {
  whereMounting('rejects with PERMISSION_DENIED on a read-only file system, which can be read', async () => {
    await using disk = await Disk.mount('size=8m')
    const backend = openLocal(disk.path)
    await backend.put('there', mebibytes(1))
    disk.remount('ro')
    const refused = { code: 'PERMISSION_DENIED', hint: 'mount it read-write or choose another directory' }
    await expect(backend.put('more', mebibytes(1))).rejects.toMatchObject(refused)
    await expect(backend.put('new/more', mebibytes(1))).rejects.toMatchObject(refused)
    await expect(backend.remove('there')).rejects.toMatchObject(refused)
    expect(await read(backend, 'there')).toHaveLength(1024 * 1024)
  })

  whereMounting('tells what failed first where the disk becomes read-only in the middle', async () => {
    for (const hardLinks of [true, false]) {
      await using disk = await Disk.mount('size=8m')
      const beforeSync = (isDirectory: boolean): void => {
        if (!isDirectory) return
        disk.remount('ro')
        throw Object.assign(new Error('i/o error'), { code: 'EIO' })
      }
      const backend = openLocal(disk.path, { hardLinks })
      await expect(onDisk({ beforeSync }, () => backend.put('name', mebibytes(1)))).rejects.toMatchObject({
        code: 'UNAVAILABLE',
      })
    }
  })

  it('rejects with PERMISSION_DENIED for a user who may only read, and says what to do', async () => {
    await using place = await Place.make()
    const directory = place.in('read-only')
    await mkdir(directory)
    await writeFile(place.in('read-only', 'there'), 'x', { mode: 0o644 })
    await chmod(directory, 0o555)
    const refused = { code: 'PERMISSION_DENIED', hint: 'check the owner and the mode of the directory' }
    expect(await outcomeOf({ directory, action: 'store', name: 'more', size: 1 })).toMatchObject(refused)
    expect(await outcomeOf({ directory, action: 'remove', name: 'there' })).toMatchObject(refused)
    expect(await outcomeOf({ directory, action: 'list' })).toEqual({ value: ['there'] })
    await chmod(directory, 0o755)
  })

  it('makes no listing with a hole in it, and no NOT_FOUND of what it may not read', async () => {
    await using place = await Place.make()
    await mkdir(place.in('store'), { mode: 0o755 })
    await writeFile(place.in('store', 'secret'), 'x', { mode: 0o000 })
    await mkdir(place.in('store', 'closed'), { mode: 0o000 })
    const directory = place.in('store')
    expect(await outcomeOf({ directory, action: 'list' })).toMatchObject({ code: 'PERMISSION_DENIED' })
    expect(await outcomeOf({ directory, action: 'list', prefix: 'sec' })).toEqual({ value: ['secret'] })
    expect(await outcomeOf({ directory, action: 'retrieve', name: 'secret' })).toMatchObject({
      code: 'PERMISSION_DENIED',
    })
    expect(await outcomeOf({ directory, action: 'retrieve', name: 'closed/x' })).toMatchObject({
      code: 'PERMISSION_DENIED',
    })
  })
})

describe('the root of a disk', () => {
  it('is listed without what the check of the file system saved, which only its administrator may see', async () => {
    await using place = await Place.make()
    await writeFile(place.in('there'), 'x', { mode: 0o644 })
    await mkdir(place.in('lost+found'), { mode: 0o000 })
    expect(await outcomeOf({ directory: place.path, action: 'list' })).toEqual({ value: ['there'] })
    await mkdir(place.in('deeper'), { mode: 0o755 })
    await mkdir(place.in('deeper', 'lost+found'), { mode: 0o000 })
    expect(await outcomeOf({ directory: place.path, action: 'list' })).toMatchObject({ code: 'PERMISSION_DENIED' })
  })
})

describe('a file that changes under our hands', () => {
  it('throws INTEGRITY when it shrinks while it is read', async () => {
    await using place = await Place.make()
    const backend = openLocal(place.path)
    await backend.put('archive', mebibytes(6))
    const reading = async (): Promise<void> => {
      for await (const chunk of await bytesOf(backend, 'archive')) {
        await truncate(place.in('archive'), chunk.length)
      }
    }
    await expect(reading()).rejects.toMatchObject({ code: 'INTEGRITY' })
  })

  it('rejects with INTEGRITY when somebody else writes into the unfinished file', async () => {
    await using place = await Place.make()
    const backend = openLocal(place.path)
    async function* bytes(): AsyncIterable<Uint8Array> {
      yield Buffer.alloc(1024)
      const [partial] = await readdir(place.path)
      await truncate(place.in(partial!), 10_000_000)
      yield Buffer.alloc(1024)
    }
    await expect(backend.put('archive', bytes())).rejects.toMatchObject({ code: 'INTEGRITY' })
    expect(await readdir(place.path)).toEqual([])
  })

  it('rejects and leaves nothing when the unfinished file is removed', async () => {
    await using place = await Place.make()
    const backend = openLocal(place.path)
    async function* bytes(): AsyncIterable<Uint8Array> {
      yield Buffer.alloc(1024)
      for (const partial of await readdir(place.path)) await rm(place.in(partial))
    }
    await expect(backend.put('archive', bytes())).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(await readdir(place.path)).toEqual([])
  })
})

describe('a disk that keeps other bytes than it is given', () => {
  it('is found out, and keeps no blob', async () => {
    await using place = await Place.make()
    const put = onDisk({ kept: ({ length }) => Buffer.alloc(length) }, () =>
      openLocal(place.path).put('a', single(Buffer.from('bytes'))),
    )
    await expect(put).rejects.toMatchObject({ code: 'INTEGRITY' })
    expect(await readdir(place.path)).toEqual([])
  })
})

describe('a name that is taken while its blob is written', () => {
  async function* meanwhile(act: () => Promise<void>): Bytes {
    yield Buffer.from('bytes')
    await act()
  }

  it.each([
    ['', true],
    [' without hard links', false],
  ])('stays with whoever took it%s', async (_, hardLinks) => {
    await using place = await Place.make()
    const taken = meanwhile(() => writeFile(place.in('a'), 'theirs'))
    await expect(openLocal(place.path, { hardLinks }).put('a', taken)).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
    expect(await readFile(place.in('a'), 'utf8')).toBe('theirs')
    expect(await readdir(place.path)).toEqual(['a'])
  })

  it('is taken by the blob itself where its link was made, and the answer of a network file system lost', async () => {
    await using place = await Place.make()
    const linked = meanwhile(async () => {
      const [partial] = await place.leftovers()
      await link(place.in(partial!), place.in('a'))
    })
    expect(await openLocal(place.path).put('a', linked)).toMatchObject({ size: 5 })
    expect(await readdir(place.path)).toEqual(['a'])
  })
})

describe('something else at the place of the directory', () => {
  it('is an error that names it, and not an empty container', async () => {
    await using place = await Place.make()
    await writeFile(place.in('file'), 'x')
    const backend = openLocal(place.in('file'))
    await expect(backend.put('a', single(Buffer.from('x')))).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
    await expect(namesIn(backend)).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
  })
})
