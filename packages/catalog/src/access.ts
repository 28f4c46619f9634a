import type { Connection } from './connection.js'
import type { Database } from './client.js'
import { failure, type Meaning, told } from './failures.js'

export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0]

/** The way of every query to the file: failures become what a user can be told. */
export class Access {
  readonly path: string
  readonly #db: Database
  readonly #refusal: Meaning | undefined

  constructor(path: string, { db, refusal }: Connection) {
    this.path = path
    this.#db = db
    this.#refusal = refusal
  }

  read<T>(query: (db: Database) => T): T {
    return told(this.path, () => query(this.#db))
  }

  /** Runs one transaction, which waits for its turn before it reads anything. */
  write<T>(change: (transaction: Transaction) => T): T {
    if (this.#refusal !== undefined) throw failure(this.path, this.#refusal)
    return told(this.path, () => this.#db.transaction(change, { behavior: 'immediate' }))
  }
}
