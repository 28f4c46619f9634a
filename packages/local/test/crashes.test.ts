import { execFile } from 'node:child_process'
import { link, mkdir, readdir, symlink, utimes, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'

import { describe, expect, it } from '@jest/globals'
import { openLocal } from '@bakthat/local'
import { leftovers, registers, single, type Leftover } from '@bakthat/storage'

import { Child } from './children/child.js'
import { mebibytes, namesIn, Place, read } from './place.js'

const mebibyte = 1024 * 1024
const run = promisify(execFile)

async function told(found: AsyncIterable<Leftover>): Promise<readonly Leftover[]> {
  const list: Leftover[] = []
  for await (const leftover of found) list.push(leftover)
  return list
}

/** A put whose process is killed when it has written so many bytes. */
async function killedPut(place: Place, name: string, size = mebibyte): Promise<void> {
  const child = new Child({ directory: place.path, action: 'stall', name, size })
  expect(await child.said()).toBe('stalled')
  await child.kill()
}

/** A number that no running process has: that of a child that is gone. */
async function goneProcess(place: Place): Promise<string> {
  await killedPut(place, 'elsewhere/long gone', 1)
  const [partial] = await readdir(place.in('elsewhere'))
  return /\.(\d+)\.[0-9a-f]{16}\.partial$/.exec(partial!)![1]!
}

describe('a put whose process is killed', () => {
  it.each([0, 1, 12])('shows no blob after %d MiB, and remove cleans up after it', async (count) => {
    await using place = await Place.make()
    const name = `deep/archive ${count}`
    await killedPut(place, name, count * mebibyte)
    const backend = openLocal(place.path)
    expect(await place.leftovers()).toHaveLength(1)
    expect(await namesIn(backend)).toEqual([])
    await expect(backend.stat(backend.locate(name)!)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await backend.remove(backend.locate(name)!)
    expect(await place.leftovers()).toEqual([])
  })

  it('does not stand in the way of another put of that name, which cleans up after it', async () => {
    await using place = await Place.make()
    await killedPut(place, 'archive')
    const backend = openLocal(place.path)
    await backend.put('archive', single(Buffer.from('whole')))
    expect(await place.leftovers()).toEqual([])
    expect((await read(backend, 'archive')).toString()).toBe('whole')
  })

  it('is told by its name, however long a backup may be called', async () => {
    await using place = await Place.make()
    const name = `${'x'.repeat(180)}.20260318120000.tar.zst.age.zst`
    await killedPut(place, name)
    const found: string[] = []
    for await (const left of leftovers(openLocal(place.path))!.leftovers()) found.push(left.name)
    expect(found).toEqual([name])
  })

  it('is cleaned up even when its name was too long to be part of the file name', async () => {
    await using place = await Place.make()
    const name = 'x'.repeat(255)
    await killedPut(place, name)
    expect(await place.leftovers()).toHaveLength(1)
    const backend = openLocal(place.path)
    await backend.remove(backend.locate(name)!)
    expect(await place.leftovers()).toEqual([])
  })
})

describe('what a put left whose process was killed', () => {
  it('is told as a leftover, with its name, size and time, and can be removed', async () => {
    await using place = await Place.make()
    await killedPut(place, 'deep/archive')
    const backend = openLocal(place.path)
    await backend.put('whole', single(Buffer.from('whole')))
    const talent = leftovers(backend)!
    const found = await told(talent.leftovers())
    expect(found).toMatchObject([{ kind: 'unfinished file', name: 'deep/archive', size: expect.any(Number) }])
    expect(found[0]!.writtenAt!.getTime()).toBeGreaterThan(0)
    await talent.removeLeftover(found[0]!.id)
    await talent.removeLeftover(found[0]!.id)
    expect(await place.leftovers()).toEqual([])
    expect(await namesIn(backend)).toEqual(['whole'])
  })

  it.each(['whole', '../.x.1.0123456789abcdef.partial', '.x.1.0123456789abcdef.partial/..'])(
    'is nothing else: not %s',
    async (id) => {
      await using place = await Place.make()
      const backend = openLocal(place.path)
      await backend.put('whole', single(Buffer.from('whole')))
      await expect(leftovers(backend)!.removeLeftover(id)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    },
  )
})

describe('what lies behind a link', () => {
  it('is no leftover that can be removed', async () => {
    await using place = await Place.make()
    const name = '.x.1.0123456789abcdef.partial'
    for (const directory of ['store', 'elsewhere']) await mkdir(place.in(directory))
    await writeFile(place.in('elsewhere', name), 'half')
    await symlink('../elsewhere', place.in('store/link'))
    await leftovers(openLocal(place.in('store')))!.removeLeftover(`link/${name}`)
    expect(await readdir(place.in('elsewhere'))).toEqual([name])
  })
})

describe('remove', () => {
  it('leaves alone what a living process is writing', async () => {
    await using place = await Place.make()
    const child = new Child({ directory: place.path, action: 'stall', name: 'archive', size: mebibyte })
    await child.said()
    const backend = openLocal(place.path)
    await backend.remove(backend.locate('archive')!)
    expect(await place.leftovers()).toHaveLength(1)
    await child.kill()
  })

  it('leaves alone what a process is about to claim, whose number does not stand there yet', async () => {
    await using place = await Place.make()
    await writeFile(place.in('.site.claim'), '')
    const backend = openLocal(place.path)
    await backend.remove(backend.locate('site')!)
    expect(await place.leftovers()).toEqual(['.site.claim'])
  })

  it('reads the directory, however full it is, once for all blobs that go at the same time', async () => {
    await using place = await Place.make()
    const program = `
      import files from 'node:fs/promises'
      import { syncBuiltinESMExports } from 'node:module'
      const { readdir } = files
      const othersWait = new Promise((resolve) => process.once('beforeExit', resolve))
      let readings = 0
      files.readdir = async (directory) => {
        readings++
        await othersWait
        return readdir(directory)
      }
      syncBuiltinESMExports()
      const { openLocal } = await import('@bakthat/local')
      const backend = openLocal(process.argv[1])
      const removals = ['a', 'b', 'c'].map((name) => backend.remove(backend.locate(name)))
      Promise.all(removals).then(() => console.log(readings))`
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program, place.path])
    expect(stdout).toBe('1\n')
  })

  it('reads the directory, however full it is, for no blob that was stored whole', async () => {
    await using place = await Place.make()
    const program = `
      import files from 'node:fs/promises'
      import { syncBuiltinESMExports } from 'node:module'
      const { readdir } = files
      let readings = 0
      files.readdir = (directory) => {
        readings++
        return readdir(directory)
      }
      syncBuiltinESMExports()
      const { openLocal } = await import('@bakthat/local')
      const { single } = await import('@bakthat/storage')
      const backend = openLocal(process.argv[1], { hardLinks: process.argv[2] === 'links' })
      await backend.put('a', single(Buffer.from('whole')))
      readings = 0
      await backend.remove('a')
      console.log(readings)`
    for (const how of ['links', 'claims']) {
      const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program, place.path, how])
      expect(stdout).toBe('0\n')
    }
  })

  it.each(['by a link', 'by a claim'])(
    'cleans up after a put that was killed when it had stored the blob %s',
    async (how) => {
      await using place = await Place.make()
      const pid = await goneProcess(place)
      const backend = openLocal(place.path)
      await backend.put('site', single(Buffer.from('whole')))
      if (how === 'by a link') await link(place.in('site'), place.in(`.site.${pid}.0123456789abcdef.partial`))
      else await writeFile(place.in('.site.claim'), pid)
      await backend.remove(backend.locate('site')!)
      expect(await readdir(place.path)).toEqual(['elsewhere'])
    },
  )

  it('leaves alone what was left of other names', async () => {
    await using place = await Place.make()
    const pid = await goneProcess(place)
    const leftovers = ['.site-db', '.mysite', '.site.tar', '..site'].map(
      (part) => `${part}.${pid}.0123456789abcdef.partial`,
    )
    for (const leftover of leftovers) await writeFile(place.in(leftover), 'half')
    const backend = openLocal(place.path)
    await backend.remove(backend.locate('site')!)
    expect((await readdir(place.path)).filter((name) => name !== 'elsewhere').sort()).toEqual(leftovers.sort())
  })

  it('tells an earlier process of our own number from us by its time', async () => {
    await using place = await Place.make()
    const [old, fresh] = ['0', '1'].map((digit) => place.in(`.site.${process.pid}.${digit.repeat(16)}.partial`))
    await writeFile(old!, 'half')
    await utimes(old!, new Date('2020-01-01'), new Date('2020-01-01'))
    await writeFile(fresh!, 'half')
    const backend = openLocal(place.path)
    await backend.remove(backend.locate('site')!)
    expect(await place.leftovers()).toEqual([`.site.${process.pid}.${'1'.repeat(16)}.partial`])
  })

  it('leaves alone what a process of another host may be writing for the same value, and removes what is old', async () => {
    await using place = await Place.make()
    const pid = await goneProcess(place)
    const [old, fresh] = ['0', '1'].map((digit) => place.in(`.site.${pid}.${digit.repeat(16)}.partial`))
    for (const path of [old!, fresh!]) await writeFile(path, 'half')
    await utimes(old!, new Date('2020-01-01'), new Date('2020-01-01'))
    await registers(openLocal(place.path))!.write('site', Buffer.from('new'))
    const others = [`.site.${pid}.${'1'.repeat(16)}.partial`, 'elsewhere']
    expect((await readdir(place.path)).sort()).toEqual([...others, 'site'])
    await writeFile(old!, 'half')
    await utimes(old!, new Date('2020-01-01'), new Date('2020-01-01'))
    await registers(openLocal(place.path))!.erase('site')
    expect((await readdir(place.path)).sort()).toEqual(others)
  })

  it('gives a value up that another process seems to change for ever, and says what to remove', async () => {
    await using place = await Place.make()
    const values = registers(openLocal(place.path, { patienceSeconds: 0.1 }))!
    await values.write('site', Buffer.from('old'))
    await writeFile(place.in('.site.claim'), '1')
    for (const change of [values.write('site', Buffer.from('new')), values.erase('site')])
      await expect(change).rejects.toMatchObject({
        code: 'UNAVAILABLE',
        hint: expect.stringContaining(place.in('.site.claim')),
      })
    expect(Buffer.from((await values.read('site')).bytes).toString()).toBe('old')
    expect(await place.leftovers()).toEqual(['.site.claim'])
  })

  it('frees a value that a process was changing when it was killed', async () => {
    await using place = await Place.make()
    await writeFile(place.in('.site.claim'), await goneProcess(place))
    const values = registers(openLocal(place.path))!
    await values.write('site', Buffer.from('new'))
    expect(Buffer.from((await values.read('site')).bytes).toString()).toBe('new')
    expect((await readdir(place.path)).sort()).toEqual(['elsewhere', 'site'])
  })

  it('frees a name that a process without hard links claimed before it was killed', async () => {
    await using place = await Place.make()
    await writeFile(place.in('.site.claim'), await goneProcess(place))
    const backend = openLocal(place.path, { hardLinks: false })
    await expect(backend.put('site', mebibytes(1))).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
    expect(await namesIn(backend)).toEqual([])
    await backend.remove(backend.locate('site')!)
    await backend.put('site', mebibytes(1))
    expect(await namesIn(backend)).toEqual(['site'])
  })
})

describe('two processes that put the same name', () => {
  it.each([1, 2, 3])('one stores its bytes whole, the other is told that the name is taken (round %d)', async () => {
    await using place = await Place.make()
    const fills = ['a', 'b']
    const children = fills.map(
      (fill) => new Child({ directory: place.path, action: 'put', name: 'archive', fill, size: 6 * mebibyte }),
    )
    for (const child of children) expect(await child.said()).toBe('ready')
    for (const child of children) child.go()
    const outcomes = await Promise.all(children.map((child) => child.outcome()))
    const winner = outcomes.findIndex(({ value }) => value !== undefined)
    expect(outcomes[1 - winner]).toMatchObject({ code: 'ALREADY_EXISTS' })
    expect(await place.leftovers()).toEqual([])
    expect((await read(openLocal(place.path), 'archive')).equals(Buffer.alloc(6 * mebibyte, fills[winner]))).toBe(true)
  })
})
