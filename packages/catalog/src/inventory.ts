import { and, asc, desc, eq } from 'drizzle-orm'

import type { Access } from './access.js'
import type { ArchiveEntry, Inventory } from './contract.js'
import { inventory } from './schema.js'

const columns = { archiveId: inventory.archiveId, filename: inventory.filename }

/** The documented table `inventory`. */
export class InventoryTable implements Inventory {
  readonly #access: Access

  constructor(access: Access) {
    this.#access = access
  }

  record(container: string, { archiveId, filename }: ArchiveEntry): void {
    const row = { container, archiveId, filename }
    this.#access.write((tx) =>
      tx.insert(inventory).values(row).onConflictDoUpdate({ target: inventory.archiveId, set: row }).run(),
    )
  }

  find(container: string, filename: string): ArchiveEntry | undefined {
    const wanted = and(eq(inventory.container, container), eq(inventory.filename, filename))
    return this.#access.read(
      (db) => db.select(columns).from(inventory).where(wanted).orderBy(desc(inventory.id)).limit(1).all()[0],
    )
  }

  list(container: string): readonly ArchiveEntry[] {
    return this.#access.read((db) =>
      db.select(columns).from(inventory).where(eq(inventory.container, container)).orderBy(asc(inventory.id)).all(),
    )
  }

  forget(archiveId: string): void {
    this.#access.write((tx) => tx.delete(inventory).where(eq(inventory.archiveId, archiveId)).run())
  }
}
