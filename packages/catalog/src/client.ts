import { createRequire } from 'node:module'
import { systemCodeOf } from '@bakthat/errors'

import type Client from 'better-sqlite3'
import { BetterSQLiteSession } from 'drizzle-orm/better-sqlite3/session'
import { BaseSQLiteDatabase, SQLiteSyncDialect } from 'drizzle-orm/sqlite-core'

/** What queries go through. */
export type Database = BaseSQLiteDatabase<'sync', Client.RunResult>

/**
 * Opens a file, or the image of one, by better-sqlite3. Its version 13 comes built for every Node that speaks Node-API 10 (from
 * 22.14 on); its version 12 is built for one Node only, and from 24.19 on it may abort the process when memory is collected, but
 * older Nodes and rarer platforms have no other.
 */
export function openClient(source: string | Buffer, options: Client.Options = {}): Client.Database {
  if (Number(process.versions['napi']) < 10) return new (load('better-sqlite3'))(source, options)
  try {
    return new (load('better-sqlite3-13'))(source, options)
  } catch (error) {
    if (systemCodeOf(error) !== 'MODULE_NOT_FOUND') throw error
    return new (load('better-sqlite3'))(source, options)
  }
}

/** As drizzle makes one, but for its import of a version that need not be there. */
export function databaseOf(client: Client.Database): Database {
  const dialect = new SQLiteSyncDialect()
  return new BaseSQLiteDatabase('sync', dialect, new BetterSQLiteSession(client, dialect, undefined), undefined)
}

function load(name: string): typeof Client {
  return createRequire(import.meta.url)(name) as typeof Client
}

/** SQLite cannot keep a write-ahead log in memory: two bytes of the header say that the file has one. */
export function imageWithoutLog(image: Buffer): Buffer {
  return image.length > 0 ? image.fill(1, 18, 20) : image
}
