import { readFileSync } from 'node:fs'

import { describe, expect, it } from '@jest/globals'

import { add, Place } from './place.js'

const text = readFileSync(new URL('../../../docs/catalog.md', import.meta.url), 'utf8')
const queries = Array.from(text.matchAll(/^sqlite3 ~\/\.bakthat\.sqlite "(.+)"$/gm), (match) => match[1]!)

describe('docs/catalog.md', () => {
  it.each(queries)('has a query that answers: %s', (query) => {
    using place = new Place()
    add(place.catalog(), { tags: ['mysql', 'web'] })
    place
      .catalog()
      .begin({ ...add(place.catalog(), { filename: 'other' }), storedFilename: 'begun', host: 'attic', pid: 1 })
    expect(place.rows(query).length).toBeGreaterThan(0)
  })

  it('shows at least one query', () => {
    expect(queries.length).toBeGreaterThan(0)
  })

  it('describes every column of the backups, in order, and no other', () => {
    using place = new Place()
    place.catalog()
    const described = Array.from(text.matchAll(/^\| `(\w+)` +\| (integer|text) +\|/gm), ([, name, type]) => ({
      name,
      type,
    }))
    expect(described).toEqual(place.rows("SELECT name, lower(type) AS type FROM pragma_table_info('backups')"))
  })

  it.each(['inventory', 'jobs', 'config'])('describes the columns of %s', (table) => {
    using place = new Place()
    place.catalog()
    const columns = place
      .rows(`SELECT name FROM pragma_table_info('${table}')`)
      .map(({ name }) => `\`${String(name)}\``)
    expect(text).toMatch(new RegExp(`\\| \`${table}\` +\\| ${columns.join(', ')} `))
  })

  it('tells the version of the tables', () => {
    using place = new Place()
    place.catalog()
    const version = String(place.sqlite().pragma('user_version', { simple: true }))
    expect(text).toContain(`\`PRAGMA user_version\` is the version of the tables, now ${version}.`)
  })
})
