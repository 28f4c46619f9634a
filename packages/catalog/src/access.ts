import type { Database } from './client.js'
import { told } from './failures.js'

export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0]

/** The way of every query to the file: failures become what a user can be told. */
export class Access {
  readonly path: string
  readonly #db: Database

  constructor(path: string, db: Database) {
    this.path = path
    this.#db = db
  }

  read<T>(query: (db: Database) => T): T {
    return told(this.path, () => query(this.#db))
  }

  /** Runs one transaction, which waits for its turn before it reads anything. */
  write<T>(change: (transaction: Transaction) => T): T {
    return told(this.path, () => this.#db.transaction(change, { behavior: 'immediate' }))
  }
}
