import { describe, expect, it, jest } from '@jest/globals'
import type { BackupQuery, Catalog } from '@bakthat/catalog'
import { Client, type Database } from './sqlite.js'

import { Place } from './place.js'

/** How SQLite goes about what is asked of a catalog: one line for each step. */
function planOf(ask: (catalog: Catalog) => unknown): string[] {
  using place = new Place()
  const catalog = place.catalog()
  const asked: string[] = []
  const prepare = Object.getOwnPropertyDescriptor(Client.prototype, 'prepare')!.value as Database['prepare']
  const spy = jest.spyOn(Client.prototype, 'prepare').mockImplementation(function (this: Database, sql: string) {
    asked.push(sql)
    return prepare.call(this, sql)
  })
  try {
    ask(catalog)
  } finally {
    spy.mockRestore()
  }
  return asked.flatMap((sql) => {
    const values = [...sql.matchAll(/\?/g)].map(() => null)
    return place
      .sqlite()
      .prepare<null[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      .all(...values)
      .map(({ detail }) => detail)
  })
}

const here = { backend: 'local', container: '/srv/backups' }

describe('a catalog of very many backups', () => {
  it.each<[string, BackupQuery, string]>([
    ['the pending ones', { status: ['pending'] }, 'backups_pending (backend=? AND container=?)'],
    ['those that are complete', {}, 'backups_place (backend=? AND container=?)'],
    ['those of a name', { filename: 'photos' }, 'backups_filename (filename=? AND backend=? AND container=?)'],
    [
      'the one of a stored name',
      { storedFilename: 'photos.1' },
      'backups_stored_name (backend=? AND container=? AND stored_filename=?)',
    ],
  ])('looks at no others of a destination for %s, and sorts none', (_, query, index) => {
    const steps = [`SEARCH backups USING INDEX ${index}`]
    expect(planOf((catalog) => catalog.find({ ...here, ...query }))).toEqual(steps)
    expect(planOf((catalog) => catalog.newest({ ...here, ...query }))).toEqual(steps)
  })

  it('looks at no others for those of a name in any destination', () => {
    const [search] = planOf((catalog) => catalog.newest({ filename: 'photos' }))
    expect(search).toBe('SEARCH backups USING INDEX backups_filename (filename=?)')
  })

  it('goes back from the newest for those of any destination, and sorts none', () => {
    expect(planOf((catalog) => catalog.newest())).toEqual(['SCAN backups USING INDEX backups_backup_date'])
  })
})
