import { BakthatError } from '@bakthat/errors'
import { and, eq, inArray, or, sql, type SQL } from 'drizzle-orm'

import type { BackupQuery, BackupStatus } from './contract.js'
import { word } from './rows.js'
import { backups } from './schema.js'

/** The name under which {@link folded} is registered with SQLite, whose own functions know no case beyond ASCII. */
export const foldFunction = 'bakthat_fold'

/** Text without regard to case: two texts that differ in case only are folded to one. */
export function folded(text: string): string {
  return text.toUpperCase()
}

/** The conditions of a query; all of them must hold. */
export function conditionsOf(query: BackupQuery): SQL | undefined {
  const { filename, storedFilename, backend, container, tags = [], text, status = ['complete'] } = query
  return and(
    hasStatus(status),
    filename === undefined ? undefined : eq(backups.filename, filename),
    storedFilename === undefined ? undefined : eq(backups.storedFilename, storedFilename),
    backend === undefined ? undefined : eq(backups.backend, backend),
    container === undefined ? undefined : eq(backups.container, container),
    ...tags.map((tag) => sql`instr(' ' || ${backups.tags} || ' ', ${` ${word(tag)} `}) > 0`),
    text === undefined ? undefined : or(holds(backups.filename, text), holds(backups.storedFilename, text)),
  )
}

/** The pending ones have an index of their own, which SQLite takes where the query itself names them. */
function hasStatus(status: readonly BackupStatus[]): SQL {
  if (status.length === 1 && status[0] === 'pending') return sql`${backups.status} = 'pending'`
  return inArray(backups.status, [...status])
}

function holds(column: typeof backups.filename | typeof backups.storedFilename, text: string): SQL {
  return sql`instr(${sql.raw(foldFunction)}(${column}), ${folded(text)}) > 0`
}

/** How many rows a query wants, as SQLite counts: -1 for all. */
export function limitOf({ limit }: BackupQuery): number {
  if (limit === undefined) return -1
  if (Number.isSafeInteger(limit) && limit >= 0) return limit
  throw new BakthatError('INVALID_INPUT', `not a number of backups: ${limit}`)
}
