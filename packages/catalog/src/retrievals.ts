import { and, asc, eq, isNull } from 'drizzle-orm'

import type { Access } from './access.js'
import type { NewRetrieval, Retrieval, Retrievals } from './contract.js'
import { dateOf, secondsOf } from './rows.js'
import { backups, jobs } from './schema.js'

/** Retrievals as rows of the documented table `jobs`; those that the Python tool left there belong to no backup. */
export class RetrievalTable implements Retrievals {
  readonly #access: Access
  readonly #now: () => Date

  constructor(access: Access, now: () => Date) {
    this.#access = access
    this.#now = now
  }

  remember(backupId: number, { ticket, tier, expectedAt }: NewRetrieval): void {
    this.#access.write((tx) => {
      const backup = tx.select({ filename: backups.storedFilename }).from(backups).where(eq(backups.id, backupId)).get()
      if (backup === undefined) return
      const row = {
        backupId,
        filename: backup.filename,
        jobId: ticket,
        tier: tier ?? null,
        askedAt: secondsOf(this.#now()),
        expectedAt: expectedAt === undefined ? null : secondsOf(expectedAt),
        fetchedAt: null,
      }
      tx.insert(jobs).values(row).onConflictDoUpdate({ target: jobs.backupId, set: row }).run()
    })
  }

  of(backupId: number): Retrieval | undefined {
    return this.#access.read((db) => db.select().from(jobs).where(eq(jobs.backupId, backupId)).all().map(retrieval)[0])
  }

  all(): readonly Retrieval[] {
    return this.#access.read((db) =>
      db
        .select({ jobs })
        .from(jobs)
        .innerJoin(backups, eq(jobs.backupId, backups.id))
        .where(and(eq(backups.status, 'complete'), isNull(jobs.fetchedAt)))
        .orderBy(asc(jobs.askedAt), asc(jobs.id))
        .all()
        .map((found) => retrieval(found.jobs)),
    )
  }

  markFetched(backupId: number): void {
    const fetchedAt = secondsOf(this.#now())
    this.#access.write((tx) => tx.update(jobs).set({ fetchedAt }).where(eq(jobs.backupId, backupId)).run())
  }
}

function retrieval({ backupId, jobId, tier, askedAt, expectedAt, fetchedAt }: typeof jobs.$inferSelect): Retrieval {
  return {
    backupId: backupId ?? 0,
    ticket: jobId,
    askedAt: dateOf(askedAt ?? 0),
    ...(tier !== null && { tier }),
    ...(expectedAt !== null && { expectedAt: dateOf(expectedAt) }),
    ...(fetchedAt !== null && { fetchedAt: dateOf(fetchedAt) }),
  }
}
