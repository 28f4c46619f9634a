import { readFileSync } from 'node:fs'

import { BakthatError } from '@bakthat/errors'
import { sql } from 'drizzle-orm'

import type { Connection } from './connection.js'

/** What leads from an empty file, or one that the Python tool wrote, to the tables of `schema.ts`; names of files. */
const migrations = [
  '0000_python_tool',
  '0001_status_and_container',
  '0002_retrievals_and_deferrals',
  '0003_fetched_retrievals',
  '0004_indexes_by_place',
] as const

/** How many migrations the file has behind it, kept as SQLite's `user_version`. Touches nothing. */
function versionOf({ client }: Connection): number {
  return Number(client.pragma('user_version', { simple: true }))
}

/** Rejects with `CATALOG` a file that is not ours to write in: of a newer version, or of another program. */
export function refuseForeign(connection: Connection, path: string): void {
  const version = versionOf(connection)
  if (version > migrations.length) {
    throw new BakthatError('CATALOG', `the catalog ${path} was written by a newer version of bakthat`, {
      hint: 'update bakthat, or name another file as the database',
    })
  }
  if (version > 0) return
  const found = connection.db.get<{ tables: number; ours: number }>(sql`
    SELECT count(*) AS tables, (SELECT count(*) FROM pragma_table_info('backups') WHERE name = 'stored_filename') AS ours
    FROM sqlite_master WHERE type = 'table'`)
  if (found.tables > 0 && found.ours === 0) {
    throw new BakthatError('CATALOG', `${path} is a database, but not a catalog`, {
      hint: 'name another file as the database',
    })
  }
}

/**
 * Brings the tables up to date in one transaction; a file that is up to date costs one read of its header. Of several
 * processes that come at once one does it and the others wait.
 */
export function migrate(connection: Connection, path: string): void {
  if (versionOf(connection) === migrations.length) return
  // As SQLite advises for replacing a table: views that name it are left as they are.
  connection.client.pragma('legacy_alter_table = ON')
  connection.db.transaction(
    (transaction) => {
      refuseForeign(connection, path)
      const missing = migrations.slice(versionOf(connection))
      for (const statement of missing.flatMap(statementsOf)) transaction.run(sql.raw(statement))
      connection.client.pragma(`user_version = ${migrations.length}`)
    },
    { behavior: 'immediate' },
  )
  connection.client.pragma('legacy_alter_table = OFF')
}

function statementsOf(name: string): string[] {
  const text = readFileSync(new URL(`../migrations/${name}.sql`, import.meta.url), 'utf8')
  return text.split('--> statement-breakpoint')
}
