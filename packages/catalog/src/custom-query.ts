import { BakthatError, systemCodeOf } from '@bakthat/errors'
import type Client from 'better-sqlite3'

import type { SqlRow, SqlValue } from './contract.js'
import { imageWithoutLog, openClient } from './client.js'
import { told } from './failures.js'

/**
 * Runs one statement that gives rows on a connection of its own that cannot write; nothing that it does outlives it. A catalog
 * in memory, or one that may not be written, is asked as a copy.
 */
export function customQuery(
  path: string,
  client: Client.Database,
  sql: string,
  parameters: readonly SqlValue[],
): readonly SqlRow[] {
  const reader = told(path, () =>
    client.memory || isOursAlone(client)
      ? openClient(imageWithoutLog(client.serialize()))
      : openClient(path, { readonly: true, fileMustExist: true }),
  )
  try {
    reader.pragma('query_only = ON')
    return told(path, () => rowsOf(reader, sql, parameters))
  } finally {
    reader.close()
  }
}

/** On a full disk no other connection can open it, not even one of this process. */
function isOursAlone(client: Client.Database): boolean {
  return client.pragma('locking_mode', { simple: true }) === 'exclusive'
}

function rowsOf(reader: Client.Database, sql: string, parameters: readonly SqlValue[]): readonly SqlRow[] {
  try {
    const statement = reader.prepare<SqlValue[], Record<string, unknown>>(sql)
    if (!statement.reader || !statement.readonly) throw mistake('it does not only read', 'begin it with SELECT or WITH')
    return statement
      .safeIntegers()
      .all(...parameters)
      .map((row) => Object.fromEntries(Object.entries(row).map(([column, value]) => [column, valueOf(value)])))
  } catch (error) {
    throw isOfTheQuery(error)
      ? mistake(error.message, 'SELECT sql FROM sqlite_master tells of the tables and their columns', error)
      : error
  }
}

/** Whole numbers that a number of JavaScript holds exactly are such. */
function valueOf(value: unknown): SqlValue {
  if (typeof value !== 'bigint') return value as SqlValue
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value
}

/** What SQLite does not understand, and what its binding does not take: several statements, missing parameters. */
function isOfTheQuery(error: unknown): error is Error {
  const { name } = error as Partial<Error>
  return systemCodeOf(error) === 'SQLITE_ERROR' || name === 'RangeError' || name === 'TypeError'
}

function mistake(why: string, hint: string, cause?: unknown): BakthatError {
  return new BakthatError('INVALID_INPUT', `the query cannot be run: ${why}`, { hint, cause })
}
