import {
  accessSync,
  closeSync,
  constants,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmdirSync,
  statSync,
} from 'node:fs'
import { dirname } from 'node:path'

import { BakthatError, systemCodeOf } from '@bakthat/errors'
import type Client from 'better-sqlite3'

import { databaseOf, imageWithoutLog, openClient, type Database } from './client.js'
import { full, isFull, type Meaning, readOnly } from './failures.js'
import { migrate, refuseForeign } from './migrations.js'

/** An open database: SQLite's own handle, for pragmas, and the one that queries go through. */
export interface Connection {
  readonly client: Client.Database
  readonly db: Database
  /** Why nothing can be written, where it is so. */
  readonly refusal?: Meaning
}

/**
 * Opens the file, made if missing, with its tables up to date. Without the right to write it, for reading only; on a full
 * disk for this process alone, for then it takes no memory that processes share, which would be a file; and for reading
 * only where that does not do either.
 */
export function connect(path: string, waitSeconds: number): Connection {
  if (path === ':memory:') return prepared(openClient(path), (connection) => migrate(connection, path))
  createFile(path)
  if (!isWritable(path)) return openSnapshot(path, readOnly)
  return (
    unlessFull(path, () => openFile(path, waitSeconds, 'NORMAL')) ??
    unlessFull(path, () => openFile(path, waitSeconds, 'EXCLUSIVE')) ??
    openSnapshot(path, full)
  )
}

function openFile(path: string, waitSeconds: number, lockingMode: 'NORMAL' | 'EXCLUSIVE'): Connection {
  const client = openClient(path, { fileMustExist: true, timeout: Math.round(waitSeconds * 1000) })
  return prepared(client, (connection) => {
    client.pragma(`locking_mode = ${lockingMode}`)
    refuseForeign(connection, path)
    switchToWal(client, waitSeconds)
    client.pragma('synchronous = FULL')
    migrate(connection, path)
  })
}

/** `undefined` where the disk has no room for what opening takes. */
function unlessFull(path: string, open: () => Connection): Connection | undefined {
  try {
    return open()
  } catch (error) {
    if (isFull(error) || (isUnopened(error) && !hasRoomBeside(path))) return undefined
    throw error
  }
}

/** SQLite tells no reason where it cannot open one of its files. */
function isUnopened(error: unknown): boolean {
  return systemCodeOf(error)?.startsWith('SQLITE_CANTOPEN') === true
}

function hasRoomBeside(path: string): boolean {
  try {
    rmdirSync(mkdtempSync(`${path}-`))
    return true
  } catch (error) {
    return !isFull(error)
  }
}

function prepared(client: Client.Database, prepare: (connection: Connection) => void): Connection {
  const connection = { client, db: databaseOf(client) }
  try {
    client.pragma('cell_size_check = ON')
    prepare(connection)
    return connection
  } catch (error) {
    client.close()
    throw error
  }
}

function createFile(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found?.isFile()) return
  if (found !== undefined) {
    throw new BakthatError('CATALOG', `${path} is not a file`, { hint: 'name another file as the database' })
  }
  makeDirectories(dirname(path))
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if (systemCodeOf(error) !== 'EEXIST') throw error
  }
}

/** Step by step, because `mkdir` of Node 20 with `recursive` reports a read-only disk as a missing directory. */
function makeDirectories(directory: string): void {
  if (statSync(directory, { throwIfNoEntry: false }) !== undefined) return
  makeDirectories(dirname(directory))
  try {
    mkdirSync(directory, 0o700)
  } catch (error) {
    if (systemCodeOf(error) !== 'EEXIST') throw error
  }
}

/** Whether the file can be written, which with a write-ahead log takes files beside it. */
function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    accessSync(dirname(path), constants.W_OK)
    return true
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS'].includes(systemCodeOf(error) ?? '')) throw error
    return false
  }
}

/**
 * Switches the file to a write-ahead log, which it then stays in. SQLite does not wait for locks here, so that several
 * processes which open a new file at once would fail.
 */
function switchToWal(client: Client.Database, waitSeconds: number): void {
  const pauseMs = 10
  for (let waitedMs = 0; ; waitedMs += pauseMs) {
    try {
      client.pragma('journal_mode = WAL')
      return
    } catch (error) {
      if (systemCodeOf(error) !== 'SQLITE_BUSY' || waitedMs >= waitSeconds * 1000) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs)
    }
  }
}

/** A copy in memory, which needs no right to write and can be brought up to date without touching the file. */
function openSnapshot(path: string, refusal: Meaning): Connection {
  const image = imageWithoutLog(imageOf(path))
  const connection = prepared(openClient(image.length > 0 ? image : ':memory:'), (connection) => {
    refuseForeign(connection, path)
    migrate(connection, path)
    connection.client.pragma('query_only = ON')
  })
  return { ...connection, refusal }
}

function imageOf(path: string): Buffer {
  try {
    const client = openClient(path, { readonly: true, fileMustExist: true })
    try {
      // Read something first: of a file that cannot be read, `serialize` only says that memory ran out.
      client.pragma('user_version')
      return client.serialize()
    } finally {
      client.close()
    }
  } catch (error) {
    // Nor can SQLite read such a file where it cannot make others, although without a log the file is all there is.
    const log = statSync(`${path}-wal`, { throwIfNoEntry: false })
    const isReadable = isUnopened(error) || isFull(error) || systemCodeOf(error)?.startsWith('SQLITE_READONLY') === true
    if (!isReadable || (log?.size ?? 0) > 0) throw error
    return readFileSync(path)
  }
}
