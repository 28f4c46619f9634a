import { and, eq, inArray, sql } from 'drizzle-orm'

import type { Access } from './access.js'
import type { Claim } from './contract.js'
import { backups, inventory } from './schema.js'

/** Gives the rows of a destination that have no container theirs, and with them what the inventory knows of their archives. */
export function claim(access: Access, { backend, backendHash, container }: Claim): number {
  const theirs = and(eq(backups.backend, backend), eq(backups.container, ''), eq(backups.backendHash, backendHash))
  const stored = { filename: backups.storedFilename }
  const count = access.read((db) => db.select(stored).from(backups).where(theirs).all()).length
  if (count === 0) return 0
  return access.write((tx) => {
    const names = tx.select(stored).from(backups).where(theirs)
    tx.update(inventory)
      .set({ container })
      .where(and(eq(inventory.container, ''), inArray(inventory.filename, names)))
      .run()
    // A row that the container has already, of a backup that was stored again since, is the one that counts.
    return tx.run(sql`UPDATE OR IGNORE ${backups} SET container = ${container} WHERE ${theirs}`).changes
  })
}
