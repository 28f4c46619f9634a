import { createHash } from 'node:crypto'
import { chmodSync, existsSync, statSync, writeFileSync } from 'node:fs'
import { relative } from 'node:path'

import { describe, expect, it, jest } from '@jest/globals'
import { openCatalog } from '@bakthat/catalog'
import { Client, type Database } from './sqlite.js'

import { add, backup, completion, Place, statuses } from './place.js'

const later = '2026-03-19T00:00:00.000Z'

describe('openCatalog', () => {
  it('makes the file for its owner alone, and the directories to it', () => {
    using place = new Place()
    const path = place.in('made', 'for', 'us', 'catalog.sqlite')
    const catalog = openCatalog({ path })
    add(catalog)
    expect(catalog.path).toBe(path)
    for (const file of [path, `${path}-wal`, `${path}-shm`]) expect(statSync(file).mode & 0o777).toBe(0o600)
    for (const directory of ['made', 'made/for', 'made/for/us']) {
      expect(statSync(place.in(directory)).mode & 0o777).toBe(0o700)
    }
    catalog.close()
  })

  it('leaves the mode of a file that is there as it is', () => {
    using place = new Place()
    writeFileSync(place.database, '')
    chmodSync(place.database, 0o644)
    add(place.catalog())
    expect(statSync(place.database).mode & 0o777).toBe(0o644)
  })

  it('takes a relative path, and tells the absolute one', () => {
    using place = new Place()
    const catalog = openCatalog({ path: relative(process.cwd(), place.database) })
    expect(catalog.path).toBe(place.database)
    catalog.close()
  })

  it('forgets a catalog in memory', () => {
    const catalog = openCatalog({ path: ':memory:' })
    add(catalog)
    expect(catalog.find()).toHaveLength(1)
    catalog.close()
    expect(existsSync(':memory:')).toBe(false)
    const another = openCatalog({ path: ':memory:' })
    expect(another.find()).toEqual([])
    another.close()
  })

  it('writes ahead, waits for the disk at each commit, and for other processes 30 s', () => {
    using place = new Place()
    const pragma = jest.spyOn(Client.prototype, 'pragma')
    try {
      const catalog = openCatalog({ path: place.database })
      const client = pragma.mock.contexts[0] as Database
      const settings = ['journal_mode', 'synchronous', 'busy_timeout'].map((name) =>
        client.pragma(name, { simple: true }),
      )
      expect(settings).toEqual(['wal', 2, 30_000])
      catalog.close()
    } finally {
      pragma.mockRestore()
    }
  })

  it('asks the real clock if not given one', () => {
    const catalog = openCatalog({ path: ':memory:' })
    const before = Math.floor(Date.now() / 1000) * 1000
    const { lastUpdated } = catalog.begin(backup())
    expect(lastUpdated.getTime()).toBeGreaterThanOrEqual(before)
    expect(lastUpdated.getTime()).toBeLessThanOrEqual(Date.now())
    catalog.close()
  })
})

describe('begin', () => {
  it('gives the row as it was recorded: pending, in whole seconds', () => {
    using place = new Place()
    const row = place
      .catalog()
      .begin(backup({ tags: ['family', 'summer'], metadata: { nested: [1, null, { a: 'ü' }] } }))
    expect(row).toStrictEqual({
      id: 1,
      backend: 'local',
      container: '/srv/backups',
      backupDate: new Date('2026-03-18T11:59:58Z'),
      filename: 'photos',
      storedFilename: 'photos.20260318115958.tar.zst',
      status: 'pending',
      lastUpdated: new Date('2026-03-18T12:00:00Z'),
      size: 0,
      tags: ['family', 'summer'],
      metadata: { nested: [1, null, { a: 'ü' }] },
      host: 'attic',
      pid: 4242,
    })
    expect(place.catalog().find({ status: ['pending'] })).toStrictEqual([row])
  })

  it('writes the documented columns as the Python tool does', () => {
    using place = new Place()
    place.catalog().begin(backup({ tags: ['family', 'summer'], metadata: { a: 1 } }))
    expect(place.rows()).toEqual([
      {
        id: 1,
        backend: 'local',
        backend_hash: createHash('sha256').update('local\0/srv/backups').digest('hex'),
        backup_date: 1_773_835_198,
        filename: 'photos',
        is_deleted: 0,
        last_updated: 1_773_835_200,
        metadata: '{"a":1}',
        size: 0,
        stored_filename: 'photos.20260318115958.tar.zst',
        tags: 'family summer',
        container: '/srv/backups',
        status: 'pending',
        sha256: null,
        locator: null,
        host: 'attic',
        pid: 4242,
        delete_after: null,
      },
    ])
  })

  it.each(statuses)('rejects with ALREADY_EXISTS a stored name that a %s row of the container has', (status) => {
    using place = new Place()
    const catalog = place.catalog()
    const { id } = catalog.begin(backup())
    if (status === 'complete') catalog.complete(id, completion)
    if (status === 'deleted') catalog.markDeleted(id)
    expect(() => catalog.begin(backup({ filename: 'other', storedFilename: backup().storedFilename }))).toThrow(
      expect.objectContaining({ code: 'ALREADY_EXISTS', message: expect.stringContaining(backup().storedFilename) }),
    )
    expect(catalog.find({ status: [...statuses] })).toHaveLength(1)
  })

  it('gives the stored name of a deleted backup again where that is wanted', () => {
    using place = new Place()
    const catalog = place.catalog()
    catalog.markDeleted(catalog.begin(backup({ tags: ['old'], metadata: { old: true } })).id)
    const again = backup({ tags: ['new'], metadata: {} })
    expect(catalog.begin(again, { instead: 'deleted' })).toMatchObject({
      status: 'pending',
      tags: ['new'],
      metadata: {},
    })
    expect(() => catalog.begin(again, { instead: 'deleted' })).toThrow(
      expect.objectContaining({ code: 'ALREADY_EXISTS' }),
    )
    catalog.complete(catalog.newest({ status: ['pending'] })!.id, completion)
    expect(() => catalog.begin(again, { instead: 'deleted' })).toThrow(
      expect.objectContaining({ code: 'ALREADY_EXISTS' }),
    )
    expect(catalog.find({ status: [...statuses] })).toMatchObject([{ status: 'complete', tags: ['new'] }])
  })

  it('takes the same stored name in another container or backend', () => {
    using place = new Place()
    const catalog = place.catalog()
    for (const more of [{}, { container: '/srv/others' }, { backend: 's3' }]) catalog.begin(backup(more))
    expect(catalog.find({ status: ['pending'] })).toHaveLength(3)
  })

  it.each(['', 'two words', 'tab\there', 'line\n', 'no-break\u00a0space'])('rejects the tag %j', (tag) => {
    using place = new Place()
    const catalog = place.catalog()
    expect(() => catalog.begin(backup({ tags: ['good', tag] }))).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT' }),
    )
    expect(catalog.find({ status: [...statuses] })).toEqual([])
  })
})

describe('complete', () => {
  it('makes a pending backup complete', () => {
    using place = new Place()
    const begun = place.catalog().begin(backup({ metadata: { before: true } }))
    const row = place.catalog(later).complete(begun.id, completion)
    expect(row).toStrictEqual({ ...begun, ...completion, status: 'complete', lastUpdated: new Date(later) })
    expect(place.catalog().find()).toStrictEqual([row])
  })

  it('changes nothing the second time', () => {
    using place = new Place()
    const row = add(place.catalog())
    expect(place.catalog(later).complete(row.id, { ...completion, size: 1 })).toStrictEqual(row)
  })

  it('brings nothing back that was deleted', () => {
    using place = new Place()
    const catalog = place.catalog()
    const { id } = add(catalog)
    catalog.markDeleted(id)
    expect(catalog.complete(id, completion).status).toBe('deleted')
  })

  it.each(['complete', 'markDeleted'] as const)(
    'and markDeleted reject with NOT_FOUND what is not there: %s',
    (call) => {
      using place = new Place()
      expect(() => place.catalog()[call](7, completion)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }))
    },
  )
})

describe('discard', () => {
  it('forgets a pending backup and frees its name, but never gives its id again', () => {
    using place = new Place()
    const catalog = place.catalog()
    const { id } = catalog.begin(backup())
    catalog.discard(id)
    expect(catalog.find({ status: [...statuses] })).toEqual([])
    expect(catalog.begin(backup()).id).toBeGreaterThan(id)
  })

  it('leaves a row that is not pending, or not there, as it is', () => {
    using place = new Place()
    const catalog = place.catalog()
    const complete = add(catalog)
    const deleted = catalog.markDeleted(add(catalog, { filename: 'gone' }).id)
    for (const id of [complete.id, deleted.id, 99]) catalog.discard(id)
    expect(catalog.find({ status: [...statuses] })).toStrictEqual([complete, deleted])
  })
})

describe('markDeleted', () => {
  it.each(['pending', 'complete'] as const)('keeps a %s backup as history', (status) => {
    using place = new Place()
    const catalog = place.catalog()
    const row = status === 'complete' ? add(catalog) : catalog.begin(backup())
    const deleted = place.catalog(later).markDeleted(row.id)
    expect(deleted).toStrictEqual({ ...row, status: 'deleted', lastUpdated: new Date(later) })
    expect(catalog.find()).toEqual([])
    expect(catalog.find({ status: ['deleted'] })).toStrictEqual([deleted])
    expect(place.rows()).toMatchObject([{ status: 'deleted', is_deleted: 1 }])
  })

  it('changes nothing the second time', () => {
    using place = new Place()
    const deleted = place.catalog().markDeleted(add(place.catalog()).id)
    expect(place.catalog(later).markDeleted(deleted.id)).toStrictEqual(deleted)
  })
})

describe('record', () => {
  it('takes a complete backup in', () => {
    using place = new Place()
    const row = place.catalog().record({ ...backup(), ...completion })
    expect(row).toMatchObject({ id: 1, status: 'complete', filename: 'photos', ...completion })
    expect(place.catalog().find()).toStrictEqual([row])
  })

  it.each(statuses)('updates a %s one of the same stored name', (status) => {
    using place = new Place()
    const catalog = place.catalog()
    const { id } = status === 'pending' ? catalog.begin(backup()) : add(catalog)
    if (status === 'deleted') catalog.markDeleted(id)
    const told = {
      ...backup({ tags: ['told'], host: 'cellar', pid: 1 }),
      ...completion,
      size: 5,
      metadata: { told: 1 },
    }
    const row = place.catalog(later).record(told)
    const backupDate = new Date('2026-03-18T11:59:58Z')
    expect(row).toStrictEqual({ ...told, backupDate, id, status: 'complete', lastUpdated: new Date(later) })
    expect(catalog.find({ status: [...statuses] })).toStrictEqual([row])
    expect(place.rows()).toMatchObject([{ is_deleted: 0 }])
  })

  it('leaves the same stored name in another container alone', () => {
    using place = new Place()
    const catalog = place.catalog()
    const there = add(catalog)
    catalog.record({ ...backup({ container: '/srv/others' }), ...completion })
    expect(catalog.find({ container: '/srv/backups' })).toStrictEqual([there])
    expect(catalog.find()).toHaveLength(2)
  })
})

describe('a transaction', () => {
  it('gives what the function in it gives, which sees what it writes', () => {
    using place = new Place()
    const catalog = place.catalog()
    const rows = catalog.transaction(() => {
      const { id } = add(catalog)
      return [catalog.markDeleted(id), ...catalog.find({ status: [...statuses] })]
    })
    expect(rows).toMatchObject([{ status: 'deleted' }, { status: 'deleted' }])
    expect(place.catalog().find({ status: [...statuses] })).toEqual(rows.slice(1))
  })

  it('shows nothing of it to others before its end', () => {
    using place = new Place()
    const catalog = place.catalog()
    const other = place.catalog()
    catalog.transaction(() => {
      add(catalog)
      expect(other.find()).toEqual([])
    })
    expect(other.find()).toHaveLength(1)
  })

  it('leaves nothing of one that throws, and passes on what it threw', () => {
    using place = new Place()
    const catalog = place.catalog()
    const failure = new Error('of its caller')
    const failing = (): void => {
      add(catalog)
      throw failure
    }
    expect(() => catalog.transaction(failing)).toThrow(failure)
    expect(() => catalog.transaction(() => catalog.markDeleted(add(catalog).id + 1))).toThrow(
      expect.objectContaining({ code: 'NOT_FOUND' }),
    )
    expect(catalog.find()).toEqual([])
  })
})

describe('close', () => {
  it('succeeds twice', () => {
    using place = new Place()
    const catalog = place.catalog()
    catalog.close()
    expect(() => {
      catalog.close()
    }).not.toThrow()
  })

  it.each([':memory:', undefined])('lets nothing be asked any more, and says so: %s', (path) => {
    using place = new Place()
    const catalog = path === undefined ? place.catalog() : openCatalog({ path })
    catalog.close()
    const closed = expect.objectContaining({ code: 'CATALOG', message: expect.stringMatching(/ was closed$/) })
    expect(() => catalog.find()).toThrow(closed)
    expect(() => catalog.begin(backup())).toThrow(closed)
    expect(() => catalog.query('SELECT 1')).toThrow(closed)
    expect(() => catalog.prepareDeletion(1)).toThrow(closed)
  })

  it('leaves one file behind', () => {
    using place = new Place()
    const catalog = place.catalog()
    add(catalog)
    catalog.close()
    expect([existsSync(place.database), existsSync(`${place.database}-wal`)]).toEqual([true, false])
  })
})

it('a row does not change with the catalog', () => {
  using place = new Place()
  const catalog = place.catalog()
  const begun = catalog.begin(backup())
  const copy = structuredClone(begun)
  catalog.complete(begun.id, completion)
  expect(begun).toStrictEqual(copy)
})

it('no row can be deleted and not deleted at once', () => {
  using place = new Place()
  add(place.catalog())
  for (const change of ['is_deleted = 1', "status = 'deleted'", "status = 'gone'"]) {
    expect(() => place.sqlite().exec(`UPDATE backups SET ${change}`)).toThrow(/CHECK/)
  }
})
