import { describe, expect, it } from '@jest/globals'
import { openCatalog, type BackupQuery, type NewBackup } from '@bakthat/catalog'
import fc from 'fast-check'

import { add, backup, completion, Place, statuses } from './place.js'

/** What a query finds of these backups, all complete, by their stored names. */
function found(query: BackupQuery | undefined, backups: readonly Partial<NewBackup>[]): string[] {
  const catalog = openCatalog({ path: ':memory:' })
  try {
    for (const more of backups) catalog.record({ ...backup(more), ...completion })
    return catalog.find(query).map((row) => row.storedFilename)
  } finally {
    catalog.close()
  }
}

const at = (seconds: number): Date => new Date(1_700_000_000_000 + seconds * 1000)
const named = (...names: readonly string[]): Partial<NewBackup>[] => names.map((storedFilename) => ({ storedFilename }))

describe('find', () => {
  it('gives the oldest first, and what has one date in the order it came', () => {
    const backups = [3, 1, 2, 1].map((second, index) => ({
      backupDate: at(second),
      storedFilename: `${second}/${index}`,
    }))
    expect(found(undefined, backups)).toEqual(['1/1', '1/3', '2/2', '3/0'])
  })

  it('gives complete backups only, unless told otherwise', () => {
    using place = new Place()
    const catalog = place.catalog()
    catalog.begin(backup({ storedFilename: 'pending' }))
    add(catalog, { storedFilename: 'complete' })
    catalog.markDeleted(add(catalog, { storedFilename: 'deleted' }).id)
    const names = (query?: BackupQuery): string[] => catalog.find(query).map((row) => row.storedFilename)
    expect(names()).toEqual(['complete'])
    expect(names({})).toEqual(['complete'])
    for (const status of statuses) expect(names({ status: [status] })).toEqual([status])
    expect(names({ status: ['deleted', 'pending'] })).toEqual(['pending', 'deleted'])
    expect(names({ status: [] })).toEqual([])
  })

  it.each(['backend', 'container', 'filename', 'storedFilename'] as const)('compares the %s exactly', (key) => {
    const values = ['mydir', 'mydir2', 'Mydir', 'mydi_', 'myd%', '*', ' mydir', 'mydır', '']
    const backups = values.map((value, index) => ({ storedFilename: `${index}`, [key]: value }))
    for (const [index, value] of values.entries()) {
      expect(found({ [key]: value }, backups)).toEqual([key === 'storedFilename' ? value : `${index}`])
    }
  })

  it.each(['', 'web mysql', 'web\t'])('takes %j for no tag that a backup could have', (tag) => {
    expect(() => found({ tags: [tag] }, [{ tags: [] }, { storedFilename: 'both', tags: ['web', 'mysql'] }])).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT' }),
    )
  })

  it('compares tags as whole words, and wants all of them', () => {
    const backups = [['web'], ['web', 'mysql'], ['website'], ['mysql'], ['WEB'], ['%'], ['we_'], []].map((tags) => ({
      storedFilename: tags.join('+'),
      tags,
    }))
    expect(found({ tags: ['web'] }, backups)).toEqual(['web', 'web+mysql'])
    expect(found({ tags: ['mysql', 'web'] }, backups)).toEqual(['web+mysql'])
    expect(found({ tags: ['%'] }, backups)).toEqual(['%'])
    expect(found({ tags: ['we_'] }, backups)).toEqual(['we_'])
    expect(found({ tags: [] }, backups)).toHaveLength(backups.length)
  })

  it('looks for text in the name and in the stored name, without regard to case in any script', () => {
    const backups = [
      { filename: 'Größe', storedFilename: '1' },
      { filename: 'x', storedFilename: 'ΣΊΣΥΦΟΣ' },
      { filename: 'ordinary', storedFilename: '3' },
    ]
    expect(found({ text: 'GRÖẞE' }, backups)).toEqual([])
    expect(found({ text: 'GRÖ' }, backups)).toEqual(['1'])
    expect(found({ text: 'grösse' }, backups)).toEqual(['1'])
    expect(found({ text: 'σίσυφος' }, backups)).toEqual(['ΣΊΣΥΦΟΣ'])
    expect(found({ text: 'ORD' }, backups)).toEqual(['3'])
    expect(found({ text: '' }, backups)).toHaveLength(3)
  })

  it('takes every character of a text as itself', () => {
    const names = ['100%', '100', 'a_b', 'axb', '*.txt', 'b.txt', "it's", 'back\\slash', '"quoted"', '[a-z]', 'q?']
    for (const name of names)
      expect(found({ text: name }, named(...names))).toEqual(names.filter((n) => n.includes(name)))
    for (const text of ['%', '_', '*', "'", '\\', '"', '[', '?']) {
      expect(found({ text }, named(...names))).toEqual(names.filter((name) => name.includes(text)))
    }
  })

  it('agrees with a plain search through all names, whatever they hold', () => {
    const special = fc.constantFrom(...Array.from('%_*?[]\'"\\;- aAbBäÄßẞsSσςΣıİiI\u0301é😀\n\0'))
    const word = fc.string({
      unit: fc.oneof(special, fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 })),
      maxLength: 6,
    })
    const property = fc.property(fc.uniqueArray(word, { maxLength: 8 }), word, word, (names, other, text) => {
      const backups = names.map((storedFilename) => ({ filename: other, storedFilename }))
      const folded = (value: string): string => value.toLocaleUpperCase('en')
      const holds = (value: string): boolean => folded(value).includes(folded(text))
      expect(found({ text }, backups)).toEqual(names.filter((name) => holds(name) || holds(other)))
    })
    fc.assert(property, { numRuns: 200 })
  })

  it('gives only the newest so many, oldest of them first', () => {
    const backups = [5, 1, 4, 2, 3].map((second) => ({ backupDate: at(second), storedFilename: `${second}` }))
    expect(found({ limit: 2 }, backups)).toEqual(['4', '5'])
    expect(found({ limit: 0 }, backups)).toEqual([])
    expect(found({ limit: 99 }, backups)).toEqual(['1', '2', '3', '4', '5'])
    expect(found({ limit: 1, text: '2' }, backups)).toEqual(['2'])
  })

  it.each([-1, 1.5, NaN, Infinity])('rejects a limit of %d', (limit) => {
    expect(() => found({ limit }, [])).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }))
  })

  it('wants every condition to hold', () => {
    const one = { backend: 's3', container: 'bucket', filename: 'mydir', tags: ['web'], storedFilename: 'mydir.1' }
    const others = [
      { ...one, backend: 'local' },
      { ...one, container: 'other' },
      { ...one, filename: 'other', storedFilename: 'mydir.2' },
      { ...one, tags: [], storedFilename: 'mydir.3' },
      { ...one, storedFilename: 'dir.4' },
    ]
    const query = { backend: 's3', container: 'bucket', filename: 'mydir', tags: ['web'], text: 'mydir.' }
    expect(found(query, [one, ...others])).toEqual(['mydir.1'])
  })

  it('gives every one of 10,000 backups, and finds one among them', () => {
    using place = new Place()
    place.catalog()
    const fill = place.sqlite().prepare(`
      WITH RECURSIVE series (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM series WHERE value < 10000)
      INSERT INTO backups (backend, backup_date, filename, is_deleted, last_updated, metadata, size, stored_filename,
        tags, container, status)
      SELECT 'local', 1700000000 + value * 7919 % 10000, 'name ' || (value % 50), 0, 0, '{"n":' || value || '}', value,
        'stored ' || value, 'daily', '/srv', 'complete' FROM series`)
    fill.run()
    const catalog = place.catalog()
    const rows = catalog.find()
    expect(rows).toHaveLength(10_000)
    expect(rows.every((row, index) => index === 0 || rows[index - 1]!.backupDate <= row.backupDate)).toBe(true)
    expect(new Set(rows.map(({ metadata }) => metadata.n)).size).toBe(10_000)
    expect(catalog.find({ filename: 'name 7' })).toHaveLength(200)
    expect(catalog.find({ storedFilename: 'stored 4711' })).toMatchObject([{ size: 4711 }])
    expect(catalog.find({ text: 'ED 471' })).toHaveLength(11)
  })
})

describe('newest', () => {
  it('gives the last of what find would give', () => {
    using place = new Place()
    const catalog = place.catalog()
    expect(catalog.newest()).toBeUndefined()
    for (const second of [2, 3, 1])
      add(catalog, { backupDate: at(second), storedFilename: `${second}`, filename: `f${second % 2}` })
    const queries: BackupQuery[] = [
      {},
      { filename: 'f0' },
      { filename: 'f1' },
      { text: '1' },
      { limit: 0 },
      { limit: 2 },
    ]
    for (const query of queries) expect(catalog.newest(query)).toEqual(catalog.find(query).at(-1))
    expect(catalog.newest()).toMatchObject({ storedFilename: '3' })
    expect(catalog.newest({ filename: 'f' })).toBeUndefined()
  })
})

describe('a row that another program wrote', () => {
  const insert = `INSERT INTO backups (backend, backup_date, filename, is_deleted, last_updated, metadata, size, stored_filename, tags, container, status)
    VALUES ('s3', 1, 'f', 0, 1, ?, 1, 's', ?, '', 'complete')`

  it.each(['', 'no JSON', '[1]', 'null', '"text"', '7'])('has no metadata if that is %j', (metadata) => {
    using place = new Place()
    const catalog = place.catalog()
    place.sqlite().prepare(insert).run(metadata, '')
    expect(catalog.find().map((row) => [row.metadata, row.tags])).toEqual([[{}, []]])
  })

  it('has the words of its tags, however they are spaced', () => {
    using place = new Place()
    const catalog = place.catalog()
    place.sqlite().prepare(insert).run('{}', '  web   mysql ')
    expect(catalog.find({ tags: ['mysql', 'web'] })).toMatchObject([{ tags: ['web', 'mysql'] }])
  })

  it.each([
    "backup_date = 'yesterday'",
    'backup_date = 1e15',
    'last_updated = -1e15',
    "size = 'large'",
    "tags = x'00'",
    "stored_filename = x'00'",
    "metadata = x'00'",
    "sha256 = x'00'",
    "locator = x'00'",
    "host = x'00'",
    "pid = 'init'",
    "delete_after = 'tomorrow'",
  ])('is CATALOG if its values are of another kind: %s', (change) => {
    using place = new Place()
    const catalog = place.catalog()
    add(catalog)
    place.sqlite().exec(`UPDATE backups SET ${change}`)
    expect(() => catalog.find()).toThrow(
      expect.objectContaining({ code: 'CATALOG', hint: expect.stringContaining('rebuild it from the storage') }),
    )
  })
})
