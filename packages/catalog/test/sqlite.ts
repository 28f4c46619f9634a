import { createRequire } from 'node:module'
import type Sqlite from 'better-sqlite3'

/** The version of better-sqlite3 that the catalog itself takes on this Node. */
const name = Number(process.versions['napi']) < 10 ? 'better-sqlite3' : 'better-sqlite3-13'

export const Client = createRequire(import.meta.url)(name) as typeof Sqlite

export type Database = Sqlite.Database
