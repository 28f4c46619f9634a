import { resolve } from 'node:path'

import { BakthatError } from '@bakthat/errors'
import { and, desc, eq, type SQL } from 'drizzle-orm'

import { Access, type Transaction } from './access.js'
import { claim } from './claim.js'
import { connect, type Connection } from './connection.js'
import type {
  BackupQuery,
  BackupRow,
  Catalog,
  Claim,
  Completion,
  Inventory,
  Listings,
  NewBackup,
  OpenCatalogOptions,
  RebuiltBackup,
  Retrievals,
  SqlRow,
  SqlValue,
} from './contract.js'
import { customQuery } from './custom-query.js'
import { markDeleted, rehearseDeletion } from './deletion.js'
import { told } from './failures.js'
import { InventoryTable } from './inventory.js'
import { ListingTable } from './listings.js'
import { conditionsOf, folded, foldFunction, limitOf } from './query.js'
import { RetrievalTable } from './retrievals.js'
import { completed, newRow, readColumns, readRows, secondsOf } from './rows.js'
import { backups } from './schema.js'

/**
 * Opens the catalog, making the file if it is missing and bringing its tables up to date; a database that the Python
 * tool wrote is taken over with all its rows. A file that may be read but not written is opened as it is at that moment,
 * and what writes then throws `PERMISSION_DENIED`. On a full disk it is opened for this process alone, or as it is at that
 * moment, and what writes throws `NO_SPACE` as long as there is no space. `CATALOG` if the file is damaged, of another program, or was
 * written by a newer version; it is then left untouched.
 */
export function openCatalog({ path, now = () => new Date(), waitSeconds = 30 }: OpenCatalogOptions): Catalog {
  const file = path === ':memory:' ? path : resolve(path)
  const connection = told(file, () => connect(file, waitSeconds))
  connection.client.function(foldFunction, { deterministic: true }, (text) => folded(String(text)))
  return new SqliteCatalog(file, connection, now)
}

/** No two rows agree in all of them. */
const storedNameColumns = [backups.backend, backups.container, backups.storedFilename]

class SqliteCatalog implements Catalog {
  readonly path: string
  readonly retrievals: Retrievals
  readonly inventory: Inventory
  readonly listings: Listings
  readonly #client: Connection['client']
  readonly #access: Access
  readonly #now: () => Date

  constructor(path: string, connection: Connection, now: () => Date) {
    this.path = path
    this.#client = connection.client
    this.#access = new Access(path, connection)
    this.#now = now
    this.retrievals = new RetrievalTable(this.#access, now)
    this.inventory = new InventoryTable(this.#access)
    this.listings = new ListingTable(this.#access, now)
  }

  begin(backup: NewBackup, { instead }: { readonly instead?: 'deleted' } = {}): BackupRow {
    const row = newRow(backup, this.#now())
    const replaced = { target: storedNameColumns, set: row, setWhere: eq(backups.status, 'deleted') }
    const [begun] = readRows(
      this.#access.write((tx) => {
        const added = tx.insert(backups).values(row)
        const settled = instead === undefined ? added.onConflictDoNothing() : added.onConflictDoUpdate(replaced)
        return settled.returning(readColumns).values()
      }),
    )
    if (begun !== undefined) return begun
    throw new BakthatError('ALREADY_EXISTS', `a backup named ${backup.storedFilename} is in the catalog already`, {
      hint: 'choose another name, or begin again a second later',
    })
  }

  complete(id: number, completion: Completion): BackupRow {
    return this.#change(id, completed(completion, this.#now()), eq(backups.status, 'pending'))
  }

  discard(id: number): void {
    this.#access.write((tx) =>
      tx
        .delete(backups)
        .where(and(eq(backups.id, id), eq(backups.status, 'pending')))
        .run(),
    )
  }

  describe(id: number, metadata: BackupRow['metadata']): BackupRow {
    const values = { metadata: JSON.stringify(metadata), lastUpdated: secondsOf(this.#now()) }
    return this.#change(id, values, eq(backups.status, 'complete'))
  }

  deferDeletion(id: number, until: Date): BackupRow {
    const values = { deleteAfter: secondsOf(until), lastUpdated: secondsOf(this.#now()) }
    return this.#change(id, values, eq(backups.status, 'complete'))
  }

  cancelDeletion(id: number): BackupRow {
    const values = { deleteAfter: null, lastUpdated: secondsOf(this.#now()) }
    return this.#change(id, values, eq(backups.status, 'complete'))
  }

  markDeleted(id: number): BackupRow {
    return this.#changed(id, (tx) => markDeleted(tx, id, this.#now()))
  }

  prepareDeletion(id: number): void {
    rehearseDeletion(this.#access, id, this.#now())
  }

  claim(rows: Claim): number {
    return claim(this.#access, rows)
  }

  record(backup: NewBackup & RebuiltBackup): BackupRow {
    const now = this.#now()
    const row = { ...newRow(backup, now), ...completed(backup, now) }
    const [recorded] = readRows(
      this.#access.write((tx) =>
        tx
          .insert(backups)
          .values(row)
          .onConflictDoUpdate({ target: storedNameColumns, set: row })
          .returning(readColumns)
          .values(),
      ),
    )
    return recorded!
  }

  transaction<Result>(act: () => Result): Result {
    return this.#access.write(act)
  }

  find(query: BackupQuery = {}): readonly BackupRow[] {
    const newestFirst = this.#access.read((db) =>
      db
        .select(readColumns)
        .from(backups)
        .where(conditionsOf(query))
        .orderBy(desc(backups.backupDate), desc(backups.id))
        .limit(limitOf(query))
        .values(),
    )
    return readRows(newestFirst).reverse()
  }

  newest(query: BackupQuery = {}): BackupRow | undefined {
    return this.find({ ...query, limit: Math.min(query.limit ?? 1, 1) })[0]
  }

  query(sql: string, parameters: readonly SqlValue[] = []): readonly SqlRow[] {
    this.#access.refuseClosed()
    return customQuery(this.path, this.#client, sql, parameters)
  }

  close(): void {
    this.#client.close()
  }

  /** Changes a row where the condition holds, and gives it as it then is. */
  #change(id: number, values: Partial<typeof backups.$inferInsert>, condition: SQL): BackupRow {
    return this.#changed(id, (tx) =>
      tx
        .update(backups)
        .set(values)
        .where(and(eq(backups.id, id), condition))
        .run(),
    )
  }

  /** A row as it is after a change. */
  #changed(id: number, change: (tx: Transaction) => unknown): BackupRow {
    const [row] = readRows(
      this.#access.write((tx) => {
        change(tx)
        return tx.select(readColumns).from(backups).where(eq(backups.id, id)).values()
      }),
    )
    if (row !== undefined) return row
    throw new BakthatError('NOT_FOUND', `no backup in the catalog with the id ${id}`)
  }
}
