import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'

import { describe, expect, it, jest } from '@jest/globals'
import { isBakthatError } from '@bakthat/errors'
import { openCatalog } from '@bakthat/catalog'
import { Client, type Database } from './sqlite.js'
import fc from 'fast-check'

import { Child, isRoot, outcomeOf } from './children/child.js'
import { add, backup, completion, Place, statuses } from './place.js'

const fullDisk = expect.objectContaining({ code: 'NO_SPACE', hint: expect.stringContaining('BAKTHAT_DATABASE') })
const rebuild = expect.stringContaining('rebuild it from the storage')

/** A catalog of some pages, closed. */
function fill(place: Place, count = 200): void {
  const catalog = place.catalog()
  for (let index = 0; index < count; index++) {
    catalog.record({ ...backup({ filename: `name ${index % 7}`, storedFilename: `stored ${index}` }), ...completion })
  }
  place.closeAll()
}

describe('a damaged file', () => {
  it.each(['not a database, but long enough to have a header of one: '.repeat(40), 'short', '\0'.repeat(5000)])(
    'that is no database is CATALOG, and left as it is: %#',
    (content) => {
      using place = new Place()
      writeFileSync(place.database, content)
      expect(() => place.catalog()).toThrow(expect.objectContaining({ code: 'CATALOG', hint: rebuild }))
      expect(readFileSync(place.database, 'utf8')).toBe(content)
      expect(readdirSync(place.path)).toEqual(['catalog.sqlite'])
    },
  )

  it.each([0.1, 0.5, 0.9])('of which %d is left is CATALOG', (part) => {
    using place = new Place()
    fill(place)
    truncateSync(place.database, Math.floor(statSync(place.database).size * part))
    expect(() => place.catalog().find()).toThrow(
      expect.objectContaining({
        code: 'CATALOG',
        message: expect.stringContaining(`${place.database} is damaged`),
        hint: rebuild,
      }),
    )
  })

  it('with a page overwritten is CATALOG, or tells what it told before', () => {
    using place = new Place()
    fill(place)
    const whole = readFileSync(place.database)
    const rows = place.catalog().find()
    place.closeAll()
    const pages = whole.length / 4096
    const page = fc.record({
      page: fc.nat({ max: pages - 1 }),
      content: fc.uint8Array({ minLength: 4096, maxLength: 4096 }),
    })
    const property = fc.property(page, ({ page, content }) => {
      writeFileSync(
        place.database,
        Buffer.concat([whole.subarray(0, page * 4096), content, whole.subarray(page * 4096 + 4096)]),
      )
      try {
        expect(place.catalog().find()).toEqual(rows)
      } catch (error) {
        if (!isBakthatError(error, 'CATALOG')) throw error
      } finally {
        place.closeAll()
      }
    })
    fc.assert(property, { numRuns: 30 })
  })
})

describe('a path that cannot be a catalog', () => {
  it('is CATALOG if it is a directory', () => {
    using place = new Place()
    expect(() => openCatalog({ path: place.path })).toThrow(
      expect.objectContaining({ code: 'CATALOG', message: `${place.path} is not a file` }),
    )
  })

  it('is CATALOG if it leads through a file', () => {
    using place = new Place()
    writeFileSync(place.in('file'), '')
    expect(() => openCatalog({ path: place.in('file', 'catalog.sqlite') })).toThrow(
      expect.objectContaining({ code: 'CATALOG' }),
    )
  })
})

describe('a file that another process keeps locked', () => {
  it.each(['begin', 'open'] as const)('is CATALOG in the end: %s', (call) => {
    using place = new Place()
    const catalog = place.catalog()
    const locker = place.sqlite()
    if (call === 'open') locker.pragma('user_version = 1')
    locker.exec('BEGIN IMMEDIATE')
    const act = call === 'open' ? () => place.catalog() : () => catalog.begin(backup())
    expect(act).toThrow(
      expect.objectContaining({ code: 'CATALOG', message: expect.stringContaining('locked by another process') }),
    )
    locker.exec('ROLLBACK')
    expect(catalog.find({ status: [...statuses] })).toEqual([])
  })

  it('is CATALOG in the end when it is to be switched to a write-ahead log', () => {
    using place = new Place()
    const locker = place.sqlite()
    locker.exec('BEGIN EXCLUSIVE')
    expect(() => place.catalog()).toThrow(
      expect.objectContaining({ code: 'CATALOG', message: expect.stringContaining('locked by another process') }),
    )
    locker.exec('ROLLBACK')
    expect(add(place.catalog())).toMatchObject({ id: 1 })
  })

  it('is waited for when it is to be switched to a write-ahead log, where SQLite itself would not wait', () => {
    using place = new Place()
    const reader = place.sqlite()
    reader.exec('VACUUM; BEGIN; SELECT * FROM sqlite_master')
    const pragma = Object.getOwnPropertyDescriptor(Client.prototype, 'pragma')!.value as Database['pragma']
    const refused: unknown[] = []
    const spy = jest.spyOn(Client.prototype, 'pragma').mockImplementation(function (this: Database, ...args) {
      try {
        return pragma.apply(this, args)
      } catch (error) {
        refused.push(args[0])
        reader.exec('COMMIT')
        throw error
      }
    })
    try {
      expect(add(place.catalog())).toMatchObject({ id: 1 })
      expect(refused).toEqual(['journal_mode = WAL'])
    } finally {
      spy.mockRestore()
    }
  })

  it('can be read all the while', () => {
    using place = new Place()
    const catalog = place.catalog()
    add(catalog)
    place.sqlite().exec('BEGIN IMMEDIATE; DELETE FROM backups')
    expect(catalog.find()).toHaveLength(1)
    expect(place.catalog().find()).toHaveLength(1)
  })
})

/** Root may do everything, so that what an ordinary user may not do takes another process; and only root can start that. */
const whereRoot = isRoot ? it : it.skip
const asNobody = true

describe('without the right to write', () => {
  whereRoot.each([0o444, 0o644])('a file of mode %o can be read', async (mode) => {
    using place = new Place()
    mkdirSync(place.in('mine'))
    const path = place.in('mine', 'catalog.sqlite')
    const catalog = openCatalog({ path })
    add(catalog)
    catalog.close()
    chmodSync(path, mode)
    expect(await outcomeOf({ asNobody, path, action: 'look' })).toEqual({ value: [backup().storedFilename] })
    expect(await outcomeOf({ asNobody, path, action: 'begin', name: 'new' })).toEqual({
      code: 'PERMISSION_DENIED',
      message: `the catalog ${path} may not be written`,
      hint: expect.any(String),
    })
    expect(readdirSync(place.in('mine'))).toEqual(['catalog.sqlite'])
  })

  whereRoot('a file is read with what is in its write-ahead log still', async () => {
    using place = new Place()
    mkdirSync(place.in('mine'))
    const path = place.in('mine', 'catalog.sqlite')
    const catalog = openCatalog({ path })
    for (const name of ['', '-wal', '-shm']) chmodSync(`${path}${name}`, 0o644)
    add(catalog)
    expect(await outcomeOf({ asNobody, path, action: 'look' })).toEqual({ value: [backup().storedFilename] })
    catalog.close()
  })

  whereRoot("a database of the Python tool's can be read", async () => {
    using place = new Place()
    const path = place.in('mine', 'catalog.sqlite')
    mkdirSync(place.in('mine'))
    writeFileSync(path, readFileSync(new URL('fixtures/python-tool.sqlite', import.meta.url)))
    const before = readFileSync(path)
    expect((await outcomeOf({ asNobody, path, action: 'look' })).value).toHaveLength(3)
    expect(readFileSync(path).equals(before)).toBe(true)
  })

  whereRoot('a file in a directory of others can be read, and not written', async () => {
    using place = new Place()
    mkdirSync(place.in('mine'))
    const path = place.in('mine', 'catalog.sqlite')
    const catalog = openCatalog({ path })
    add(catalog)
    catalog.close()
    chmodSync(path, 0o666)
    expect(await outcomeOf({ asNobody, path, action: 'look' })).toEqual({ value: [backup().storedFilename] })
    expect(await outcomeOf({ asNobody, path, action: 'begin', name: 'new' })).toMatchObject({
      code: 'PERMISSION_DENIED',
    })
  })

  whereRoot('an empty file is an empty catalog', async () => {
    using place = new Place()
    mkdirSync(place.in('mine'))
    writeFileSync(place.in('mine', 'catalog.sqlite'), '')
    expect(await outcomeOf({ asNobody, path: place.in('mine', 'catalog.sqlite'), action: 'look' })).toEqual({
      value: [],
    })
  })

  whereRoot.each(['catalog.sqlite', 'deeper/catalog.sqlite'])('no file can be made: %s', async (name) => {
    using place = new Place()
    mkdirSync(place.in('mine'))
    expect(await outcomeOf({ asNobody, path: place.in('mine', name), action: 'begin', name: 'new' })).toMatchObject({
      code: 'PERMISSION_DENIED',
      message: expect.stringContaining(name),
    })
    expect(readdirSync(place.in('mine'))).toEqual([])
  })

  whereRoot('a file that may not be read is PERMISSION_DENIED', async () => {
    using place = new Place()
    place.catalog()
    place.closeAll()
    expect(await outcomeOf({ asNobody, path: place.database, action: 'look' })).toMatchObject({
      code: 'PERMISSION_DENIED',
    })
  })
})

const mayMount =
  spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'none', '/mnt'], { stdio: 'ignore' }).status === 0

const whereMounting = mayMount ? it : it.skip

/** Something to do in a place that is a small disk of its own. */
async function onDisk(options: string, act: (place: Place) => unknown): Promise<void> {
  using place = new Place()
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'none', place.path])
  try {
    chmodSync(place.path, 0o777)
    await act(place)
    place.closeAll()
  } finally {
    place.closeAll()
    execFileSync('umount', [place.path])
  }
}

/** Takes every byte that is left. */
function fillUp(place: Place): void {
  expect(() => writeFileSync(place.in('fill'), Buffer.alloc(8 * 1024 * 1024))).toThrow(
    expect.objectContaining({ code: 'ENOSPC' }),
  )
}

/** Takes every name that is left. */
function takeNames(place: Place): void {
  expect(() => {
    for (let index = 0; ; index++) writeFileSync(place.in(`name ${index}`), '')
  }).toThrow(expect.objectContaining({ code: 'ENOSPC' }))
}

describe('a full disk', () => {
  whereMounting('is NO_SPACE, and what was written before stays', () =>
    onDisk('size=2m', async (place) => {
      writeFileSync(place.in('other'), Buffer.alloc(128 * 1024))
      expect(await outcomeOf({ path: place.database, action: 'fill', name: 'n' })).toMatchObject({
        code: 'NO_SPACE',
        message: `the catalog ${place.database} cannot grow: the disk is full`,
      })
      const catalog = place.catalog()
      const pending = catalog.find({ status: ['pending'] })
      expect(pending.length).toBeGreaterThan(5)
      rmSync(place.in('other'))
      catalog.discard(pending[0]!.id)
      place.closeAll()
      expect(place.rows('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }])
    }),
  )

  whereMounting('lets everything be read, and written as soon as something was removed', () =>
    onDisk('size=1m', (place) => {
      fill(place, 3)
      fillUp(place)
      const catalog = place.catalog()
      expect(catalog.find()).toHaveLength(3)
      expect(catalog.query('SELECT count(*) AS count FROM backups')).toEqual([{ count: 3 }])
      expect(() => catalog.begin(backup())).toThrow(fullDisk)
      rmSync(place.in('fill'))
      catalog.markDeleted(1)
      place.closeAll()
      fillUp(place)
      expect(place.catalog().find()).toHaveLength(2)
    }),
  )

  whereMounting('is found out before something is removed, of which the row would tell nothing', () =>
    onDisk('size=1m', (place) => {
      fill(place, 3)
      fillUp(place)
      const catalog = place.catalog()
      expect(() => catalog.prepareDeletion(1)).toThrow(fullDisk)
      expect(catalog.find()).toHaveLength(3)
    }),
  )

  whereMounting('takes no room from a deletion that was prepared, of what a vault was asked for either', () =>
    onDisk('size=1m', (place) => {
      fill(place, 3)
      const [before] = place.catalog().find()
      const { container, storedFilename: filename } = before!
      place.catalog().retrievals.remember(1, { ticket: 'job' })
      place.catalog().inventory.record(container, { archiveId: 'archive', filename })
      place.closeAll()
      const catalog = place.catalog()
      catalog.prepareDeletion(1)
      fillUp(place)
      expect(catalog.find()[0]).toEqual(before)
      expect(catalog.retrievals.of(1)).toMatchObject({ ticket: 'job' })
      expect(catalog.inventory.find(container, filename)).toMatchObject({ archiveId: 'archive' })
      catalog.inventory.forget('archive')
      expect(catalog.markDeleted(1)).toMatchObject({ status: 'deleted' })
      expect(catalog.retrievals.of(1)).toBeUndefined()
      expect(() => catalog.begin(backup())).toThrow(fullDisk)
    }),
  )

  whereMounting('lets what a process left that was killed be read', () =>
    onDisk('size=1m', async (place) => {
      fill(place, 3)
      const child = new Child({ path: place.database, action: 'stall', name: 'n' })
      expect(await child.said()).toBe('stalled')
      await child.kill()
      expect(statSync(`${place.database}-wal`).size).toBeGreaterThan(0)
      rmSync(`${place.database}-shm`)
      fillUp(place)
      expect(place.catalog().find({ status: [...statuses] })).toHaveLength(4)
    }),
  )

  whereMounting('lets everything be read where no file can be made', () =>
    onDisk('size=1m,nr_inodes=8', (place) => {
      fill(place, 3)
      takeNames(place)
      const catalog = place.catalog()
      expect(catalog.find()).toHaveLength(3)
      expect(() => catalog.markDeleted(1)).toThrow(fullDisk)
      expect(() => openCatalog({ path: place.in('new.sqlite') })).toThrow(expect.objectContaining({ code: 'NO_SPACE' }))
    }),
  )

  whereMounting("lets a database of the Python tool's be read, and leaves it as it is", () =>
    onDisk('size=1m', (place) => {
      const before = readFileSync(new URL('fixtures/python-tool.sqlite', import.meta.url))
      writeFileSync(place.database, before)
      fillUp(place)
      expect(place.catalog().find()).toHaveLength(3)
      expect(readFileSync(place.database).equals(before)).toBe(true)
    }),
  )
})

describe('a disk that is read-only', () => {
  whereMounting.each(['catalog.sqlite', 'deeper/catalog.sqlite'])('is PERMISSION_DENIED: %s', (name) =>
    onDisk('size=1m', (place) => {
      execFileSync('mount', ['-o', 'remount,ro', place.path])
      expect(() => openCatalog({ path: place.in(name) })).toThrow(
        expect.objectContaining({ code: 'PERMISSION_DENIED', message: expect.stringContaining(name) }),
      )
    }),
  )
})

describe('a disk that fails', () => {
  it('is no lack of permission, where SQLite takes it for one', () => {
    using place = new Place()
    fill(place, 1)
    const refused = Object.assign(new Error('attempt to write a readonly database'), { code: 'SQLITE_READONLY' })
    const spy = jest.spyOn(Client.prototype, 'pragma').mockImplementation(() => {
      throw refused
    })
    try {
      expect(() => place.catalog()).toThrow(
        expect.objectContaining({ code: 'CATALOG', hint: expect.stringContaining('check the disk') }),
      )
    } finally {
      spy.mockRestore()
    }
  })
})
