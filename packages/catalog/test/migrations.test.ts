import { spawnSync } from 'node:child_process'
import { copyFileSync, cpSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

import { describe, expect, it, jest } from '@jest/globals'
import { openCatalog } from '@bakthat/catalog'
import { Client, type Database } from './sqlite.js'

import { Child } from './children/child.js'
import { add, backup, completion, has, Place, statuses } from './place.js'

const root = dirname(createRequire(import.meta.url).resolve('@bakthat/catalog/package.json'))
const fixture = join(root, 'test/fixtures/python-tool.sqlite')
const scripts = readdirSync(join(root, 'migrations'))
  .filter((name) => name.endsWith('.sql'))
  .sort()

/** Writes what the Python tool would: its tables as its library makes them, and a row. */
const pythonTool = `
import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
text, key = 'VARCHAR(255) NOT NULL', '"id" INTEGER NOT NULL PRIMARY KEY'
tables = {
    'backups': f'"backend" {text}, "backend_hash" VARCHAR(255), "backup_date" INTEGER NOT NULL, "filename" TEXT NOT NULL, '
               f'"is_deleted" SMALLINT NOT NULL, "last_updated" INTEGER NOT NULL, "metadata" {text}, "size" INTEGER NOT NULL, '
               f'"stored_filename" TEXT NOT NULL, "tags" {text}',
    'jobs': f'"filename" {text}, "job_id" {text}',
    'inventory': f'"archive_id" {text}, "filename" {text}',
    'config': f'"key" {text}, "value" {text}',
}
for name, columns in tables.items():
    database.execute(f'CREATE TABLE "{name}" ({key}, {columns})')
for table, column, unique in [
    ('backups', 'backend', ''), ('backups', 'backend_hash', ''), ('backups', 'backup_date', ''), ('backups', 'filename', ''),
    ('backups', 'stored_filename', 'UNIQUE'), ('jobs', 'filename', ''), ('inventory', 'archive_id', 'UNIQUE'),
    ('inventory', 'filename', ''), ('config', 'key', 'UNIQUE'),
]:
    database.execute(f'CREATE {unique} INDEX "{table}_{column}" ON "{table}" ("{column}")')
database.execute('INSERT INTO backups VALUES (7, ?, ?, 1370373055, ?, ?, 1370373060, ?, 42, ?, ?)',
    ('s3', 'ab' * 64, 'mydir', False, '{"is_enc": true}', 'mydir.20130604191055.tgz.enc', 'website mysql'))
database.commit()
`

/** All that makes up the tables, without the names that migrating gives them on the way. */
function shapeOf(place: Place): unknown[] {
  const columns = "SELECT m.name AS of, c.* FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'"
  const indexes = 'SELECT m.name AS of, i.name, i."unique" FROM sqlite_master m, pragma_index_list(m.name) i'
  const type = (row: Record<string, unknown>): unknown => ({ ...row, type: affinity(row.type), cid: undefined })
  return [...place.rows(`${columns} ORDER BY 1, c.cid`).map(type), ...place.rows(`${indexes} ORDER BY 1, 2`)]
}

/** SQLite makes the same of a VARCHAR and a TEXT. */
function affinity(type: unknown): string {
  return /INT/i.test(String(type)) ? 'integer' : 'text'
}

describe('a database that the Python tool wrote', () => {
  it('keeps its rows, as complete or deleted, and finds them', () => {
    using place = new Place()
    copyFileSync(fixture, place.database)
    const before = place.rows()
    place.closeAll()
    const catalog = place.catalog()
    expect(catalog.find({ status: [...statuses] })).toStrictEqual([
      {
        id: 1,
        backend: 's3',
        container: '',
        backupDate: new Date('2013-06-04T19:10:55Z'),
        filename: 'mydir',
        storedFilename: 'mydir.20130604191055.tgz.enc',
        status: 'complete',
        lastUpdated: new Date('2013-06-04T19:11:00Z'),
        size: 1_048_576,
        tags: ['website', 'mysql'],
        metadata: { is_enc: true },
      },
      expect.objectContaining({ id: 2, status: 'deleted', tags: [], storedFilename: 'mydir.20130605191055.tgz' }),
      expect.objectContaining({
        id: 3,
        status: 'complete',
        filename: 'café',
        size: 6_000_000_000,
        metadata: { is_enc: false, client: 'grün' },
      }),
      expect.objectContaining({ id: 4, status: 'complete', tags: ['spaced', 'out'], metadata: {} }),
    ])
    expect(catalog.find({ text: 'CAFÉ', tags: ['photos'] })).toHaveLength(1)
    expect(catalog.newest({ filename: 'mydir' })).toMatchObject({ id: 1 })
    expect(place.rows()).toEqual(before.map((row) => expect.objectContaining(row)))
  })

  it('keeps its other tables', () => {
    using place = new Place()
    copyFileSync(fixture, place.database)
    add(place.catalog())
    expect(place.rows('SELECT * FROM inventory')).toEqual([
      { id: 1, archive_id: 'archive-1', filename: 'café.20130606191055.tgz', container: '' },
    ])
    expect(place.rows('SELECT id, filename, job_id, backup_id FROM jobs')).toEqual([
      { id: 1, filename: 'café.20130606191055.tgz', job_id: 'job-1', backup_id: null },
    ])
    expect(place.catalog().retrievals.all()).toEqual([])
    expect(place.rows('SELECT * FROM config')).toEqual([{ id: 1, key: 'sync_ts', value: '1370373060' }])
  })

  it('works on like any other: its stored names are free in other containers, its ids are not given again', () => {
    using place = new Place()
    copyFileSync(fixture, place.database)
    const catalog = place.catalog()
    const storedFilename = 'mydir.20130604191055.tgz.enc'
    expect(add(catalog, { backend: 's3', container: 'bucket', storedFilename }).id).toBe(5)
    expect(() => catalog.begin(backup({ backend: 's3', container: '', storedFilename }))).toThrow(
      expect.objectContaining({ code: 'ALREADY_EXISTS' }),
    )
    expect(catalog.markDeleted(1)).toMatchObject({ status: 'deleted' })
  })

  it('gets the tables that a new file has', () => {
    using place = new Place()
    using fresh = new Place()
    copyFileSync(fixture, place.database)
    place.catalog()
    fresh.catalog()
    expect(shapeOf(place)).toEqual(shapeOf(fresh))
  })

  it('keeps views that its owner made', () => {
    using place = new Place()
    copyFileSync(fixture, place.database)
    place.sqlite().exec('CREATE VIEW sizes AS SELECT filename, sum(size) AS total FROM backups GROUP BY filename')
    place.closeAll()
    place.catalog()
    expect(place.rows("SELECT total FROM sizes WHERE filename = 'mydir'")).toEqual([{ total: 1_572_864 }])
  })

  it('is migrated once when several processes open it at once', async () => {
    using place = new Place()
    copyFileSync(fixture, place.database)
    const children = ['a', 'b', 'c', 'd'].map(
      (name) => new Child({ path: place.database, action: 'write', name, count: 3 }),
    )
    await Promise.all(children.map((child) => child.said()))
    for (const child of children) child.go()
    expect(await Promise.all(children.map((child) => child.outcome()))).toEqual([{}, {}, {}, {}])
    expect(place.catalog().find()).toHaveLength(3 + 12)
  })

  ;(has('python3') ? it : it.skip)('made by python3 migrates like the one that is kept here', () => {
    using place = new Place()
    expect(spawnSync('python3', ['-c', pythonTool, place.database], { encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    })
    const catalog = place.catalog()
    expect(catalog.find()).toMatchObject([
      { id: 7, storedFilename: 'mydir.20130604191055.tgz.enc', tags: ['website', 'mysql'] },
    ])
    using kept = new Place()
    copyFileSync(fixture, kept.database)
    kept.catalog()
    expect(shapeOf(place)).toEqual(shapeOf(kept))
  })
})

/** What any version of the tables takes. */
const oldRows = `
  INSERT INTO config (key, value) VALUES ('kept', '1');
  INSERT INTO jobs (filename, job_id) VALUES ('old', 'old-job');
  INSERT INTO inventory (archive_id, filename) VALUES ('old-archive', 'old');
`

describe('migrations', () => {
  it.each(scripts.map((_, version) => version))('lead on from version %d', (version) => {
    using place = new Place()
    using fresh = new Place()
    const client = place.sqlite()
    for (const script of scripts.slice(0, version)) client.exec(readFileSync(join(root, 'migrations', script), 'utf8'))
    client.pragma(`user_version = ${version}`)
    if (version > 0) client.exec(oldRows)
    place.closeAll()
    add(place.catalog())
    add(fresh.catalog())
    expect(place.rows('SELECT key FROM config')).toEqual(version > 0 ? [{ key: 'kept' }] : [])
    expect(place.rows('SELECT job_id FROM jobs')).toEqual(version > 0 ? [{ job_id: 'old-job' }] : [])
    expect(place.catalog().inventory.list('')).toEqual(
      version > 0 ? [{ archiveId: 'old-archive', filename: 'old' }] : [],
    )
    expect(place.catalog().retrievals.all()).toEqual([])
    expect(shapeOf(place)).toEqual(shapeOf(fresh))
    expect(place.sqlite().pragma('user_version', { simple: true })).toBe(scripts.length)
  })

  it('do nothing to a file that is up to date', () => {
    using place = new Place()
    place.catalog()
    place.closeAll()
    const before = readFileSync(place.database)
    place.catalog()
    place.closeAll()
    expect(readFileSync(place.database).equals(before)).toBe(true)
  })

  it('say what the schema says', () => {
    using place = new Place()
    cpSync(join(root, 'migrations'), place.in('migrations'), { recursive: true })
    const kit = join(root, 'node_modules/drizzle-kit/bin.cjs')
    const options = ['--dialect', 'sqlite', '--schema', join(root, 'src/schema.ts'), '--out', 'migrations']
    const outcome = spawnSync(process.execPath, [kit, 'generate', ...options], { cwd: place.path, encoding: 'utf8' })
    expect(outcome).toMatchObject({ stderr: '', stdout: expect.stringContaining('No schema changes') })
  })

  it('make the columns that their snapshot says', () => {
    using place = new Place()
    place.catalog()
    const latest = readdirSync(join(root, 'migrations/meta'))
      .filter((name) => name.endsWith('_snapshot.json'))
      .sort()
      .at(-1)!
    const { tables } = JSON.parse(readFileSync(join(root, 'migrations/meta', latest), 'utf8')) as {
      tables: Record<
        string,
        { columns: Record<string, { name: string; type: string; notNull: boolean }>; indexes: object }
      >
    }
    for (const [table, { columns, indexes }] of Object.entries(tables)) {
      const made = place.rows(`SELECT name, lower(type) AS type, "notnull" FROM pragma_table_info('${table}')`)
      expect(made).toEqual(
        Object.values(columns).map(({ name, type, notNull }) => ({ name, type, notnull: Number(notNull) })),
      )
      const named = place.rows(`SELECT name FROM pragma_index_list('${table}') ORDER BY name`).map(({ name }) => name)
      expect(named).toEqual(Object.keys(indexes).sort())
    }
  })
})

describe('a file that is not ours', () => {
  it('of a newer version is CATALOG, and left as it is', () => {
    using place = new Place()
    add(place.catalog())
    place.closeAll()
    place.sqlite().pragma(`user_version = ${scripts.length + 1}`)
    place.closeAll()
    const before = readFileSync(place.database)
    expect(() => place.catalog()).toThrow(
      expect.objectContaining({
        code: 'CATALOG',
        message: `the catalog ${place.database} was written by a newer version of bakthat`,
        hint: expect.stringContaining('update bakthat'),
      }),
    )
    expect(readFileSync(place.database).equals(before)).toBe(true)
  })

  it('of a newer version is so, too, where it became that while it was looked at', () => {
    using place = new Place()
    const newer = place.sqlite()
    const pragma = Object.getOwnPropertyDescriptor(Client.prototype, 'pragma')!.value as Database['pragma']
    const spy = jest.spyOn(Client.prototype, 'pragma').mockImplementation(function (this: Database, ...args) {
      if (args[0] === 'synchronous = FULL') pragma.call(newer, `user_version = ${scripts.length + 1}`)
      return pragma.apply(this, args)
    })
    try {
      expect(() => place.catalog()).toThrow(expect.objectContaining({ code: 'CATALOG' }))
    } finally {
      spy.mockRestore()
    }
    expect(newer.pragma('user_version', { simple: true })).toBe(scripts.length + 1)
  })

  it.each(['CREATE TABLE bookmarks (url TEXT)', 'CREATE TABLE backups (when_made TEXT)'])(
    '%s is CATALOG, and left as it is',
    (sql) => {
      using place = new Place()
      place.sqlite().exec(sql)
      place.closeAll()
      expect(() => openCatalog({ path: place.database })).toThrow(expect.objectContaining({ code: 'CATALOG' }))
      const client = new Client(place.database)
      expect(client.prepare('SELECT sql FROM sqlite_master').all()).toEqual([{ sql }])
      expect(client.pragma('user_version', { simple: true })).toBe(0)
      client.close()
    },
  )
})

it('a backup recorded before migrating again is found after it', () => {
  using place = new Place()
  const row = place.catalog().record({ ...backup(), ...completion })
  place.closeAll()
  expect(place.catalog().find()).toStrictEqual([row])
})
