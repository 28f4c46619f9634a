import { and, eq, ne } from 'drizzle-orm'

import type { Access, Transaction } from './access.js'
import { standing } from './rows.js'
import { backups, inventory, jobs } from './schema.js'

/** Marks a backup as deleted, and forgets what was asked for it. */
export function markDeleted(tx: Transaction, id: number, now: Date): void {
  tx.update(backups)
    .set({ ...standing('deleted', now), deleteAfter: null })
    .where(and(eq(backups.id, id), ne(backups.status, 'deleted')))
    .run()
  tx.delete(jobs).where(eq(jobs.backupId, id)).run()
}

/** Rehearses that, and what is forgotten of its archive where a store gives no names. */
export function rehearseDeletion(access: Access, id: number, now: Date): void {
  access.rehearse((tx) => {
    const { container, storedFilename } = backups
    const stored = tx.select({ container, storedFilename }).from(backups).where(eq(backups.id, id)).get()
    if (stored === undefined) return
    markDeleted(tx, id, now)
    const isOfArchive = and(eq(inventory.container, stored.container), eq(inventory.filename, stored.storedFilename))
    tx.delete(inventory).where(isOfArchive).run()
  })
}
