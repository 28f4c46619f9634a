import { chmodSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { openCatalog, type Catalog } from '@bakthat/catalog'

async function withCatalog(test: (catalog: Catalog, path: string) => void): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'bakthat-query-'))
  const catalog = openCatalog({ path: join(directory, 'catalog.sqlite') })
  catalog.begin({
    backend: 'local',
    container: '/store',
    backupDate: new Date(1_700_000_000_000),
    filename: 'photos',
    storedFilename: 'photos.20231114221320.tgz',
    tags: ['a', 'b'],
    metadata: {},
    host: 'tests',
    pid: 1,
  })
  try {
    test(catalog, join(directory, 'catalog.sqlite'))
  } finally {
    catalog.close()
    await rm(directory, { recursive: true })
  }
}

describe('a query', () => {
  it('gives rows by the names of their columns', () =>
    withCatalog((catalog) => {
      const sql = 'SELECT filename, backup_date AS date, tags FROM backups WHERE filename = ? AND is_deleted = ?'
      expect(catalog.query(sql, ['photos', 0])).toEqual([{ filename: 'photos', date: 1_700_000_000, tags: 'a b' }])
      expect(catalog.query(sql, ['other', 0])).toEqual([])
    }))

  it('gives whole numbers of any size, blobs, texts and nothing', () =>
    withCatalog((catalog) => {
      const sql = "SELECT 9007199254740991 AS n, 9007199254740993 AS big, 1.5 AS real, x'00ff' AS blob, NULL AS none"
      const [row] = catalog.query(sql)
      expect(row).toMatchObject({ n: 9007199254740991, big: 9007199254740993n, real: 1.5, none: null })
      expect([...(row!['blob'] as Uint8Array)]).toEqual([0, 255])
    }))

  it.each([
    ["UPDATE backups SET filename = 'x'"],
    ['DELETE FROM backups RETURNING id'],
    ['WITH gone AS (SELECT 1) DELETE FROM backups'],
    ['DROP TABLE backups'],
    ["ATTACH 'other.sqlite' AS other"],
    ['VACUUM'],
    ['SELECT 1; DELETE FROM backups'],
    ['SELECT ? AS missing'],
    ['SELEC 1'],
    ['SELECT nothing FROM backups'],
    [''],
  ])('is refused, and changes nothing: %s', (sql) =>
    withCatalog((catalog) => {
      expect(() => catalog.query(sql)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }))
      expect(catalog.query('SELECT count(*) AS n FROM backups')).toEqual([{ n: 1 }])
    }),
  )

  it('cannot write by a pragma either, nor leave anything behind for the next', () =>
    withCatalog((catalog) => {
      for (const sql of ['PRAGMA query_only = OFF', 'PRAGMA user_version = 77'])
        expect(() => catalog.query(sql)).toThrow()
      expect(catalog.query('PRAGMA user_version')).not.toEqual([{ user_version: 77 }])
    }))

  it('is answered in memory, and where the file may not be written', async () => {
    const inMemory = openCatalog({ path: ':memory:' })
    expect(inMemory.query('SELECT count(*) AS n FROM backups')).toEqual([{ n: 0 }])
    inMemory.close()
    await withCatalog((catalog, path) => {
      catalog.close()
      chmodSync(path, 0o400)
      const readOnly = openCatalog({ path })
      expect(readOnly.query('SELECT filename FROM backups')).toEqual([{ filename: 'photos' }])
      readOnly.close()
    })
  })
})
