import { sql } from 'drizzle-orm'

import type { Connection } from './connection.js'
import type { Database } from './client.js'
import { closed, failure, type Meaning, told } from './failures.js'

export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0]

/** The way of every query to the file: failures become what a user can be told. */
export class Access {
  readonly path: string
  readonly #db: Database
  readonly #client: Connection['client']
  readonly #refusal: Meaning | undefined

  constructor(path: string, { client, db, refusal }: Connection) {
    this.path = path
    this.#client = client
    this.#db = db
    this.#refusal = refusal
  }

  read<T>(query: (db: Database) => T): T {
    this.refuseClosed()
    return told(this.path, () => query(this.#db))
  }

  /** Runs one transaction, which waits for its turn before it reads anything. */
  write<T>(change: (transaction: Transaction) => T): T {
    this.refuseClosed()
    if (this.#refusal !== undefined) throw failure(this.path, this.#refusal)
    return told(this.path, () => this.#db.transaction(change, { behavior: 'immediate' }))
  }

  /**
   * Runs a transaction that changes nothing in the end, but is written as if it did: the pages that it touched are in the log.
   * What is in the log is then brought into the file, so that the next ones are written over it, and find the room that these took.
   */
  rehearse(change: (transaction: Transaction) => void): void {
    this.write((tx) => {
      tx.run(sql`SAVEPOINT rehearsal`)
      change(tx)
      tx.run(sql`ROLLBACK TO rehearsal`)
    })
    told(this.path, () => this.#client.pragma('wal_checkpoint(PASSIVE)'))
  }

  /** Throws `CATALOG` once the file is closed. */
  refuseClosed(): void {
    if (!this.#client.open) throw failure(this.path, closed)
  }
}
