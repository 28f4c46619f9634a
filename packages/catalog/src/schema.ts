import { sql } from 'drizzle-orm'
import { check, index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'

/** What was stored where. The first eleven columns are the documented ones, as the Python tool named them. */
export const backups = sqliteTable(
  'backups',
  {
    // Never given twice, so that a process which discards its row late cannot meet another's.
    id: integer().primaryKey({ autoIncrement: true }),
    backend: text().notNull(),
    backendHash: text('backend_hash'),
    backupDate: integer('backup_date').notNull(),
    filename: text().notNull(),
    isDeleted: integer('is_deleted').notNull(),
    lastUpdated: integer('last_updated').notNull(),
    metadata: text().notNull(),
    size: integer().notNull(),
    storedFilename: text('stored_filename').notNull(),
    tags: text().notNull(),
    container: text().notNull(),
    status: text({ enum: ['pending', 'complete', 'deleted'] }).notNull(),
    sha256: text(),
    locator: text(),
    host: text(),
    pid: integer(),
    deleteAfter: integer('delete_after'),
  },
  (table) => [
    uniqueIndex('backups_stored_name').on(table.backend, table.container, table.storedFilename),
    index('backups_backup_date').on(table.backupDate),
    // Without the status, so that to change it takes no more room than that of the row: the disk may be full.
    index('backups_filename').on(table.filename, table.backend, table.container, table.backupDate),
    index('backups_place').on(table.backend, table.container, table.backupDate),
    index('backups_pending')
      .on(table.backend, table.container, table.backupDate)
      .where(sql`${table.status} = 'pending'`),
    check('backups_status', sql`${table.status} IN ('pending', 'complete', 'deleted')`),
    check('backups_is_deleted', sql`${table.isDeleted} = (${table.status} = 'deleted')`),
  ],
)

/** Which archive of a vault holds which stored name. The first three columns are those of the Python tool. */
export const inventory = sqliteTable(
  'inventory',
  {
    id: integer().primaryKey(),
    archiveId: text('archive_id').notNull(),
    filename: text().notNull(),
    container: text().notNull().default(''),
  },
  (table) => [
    uniqueIndex('inventory_archive_id').on(table.archiveId),
    index('inventory_filename').on(table.filename),
    index('inventory_container').on(table.container),
  ],
)

/** Which retrieval from cold storage is under way for which backup. The first three columns are those of the Python tool. */
export const jobs = sqliteTable(
  'jobs',
  {
    id: integer().primaryKey(),
    filename: text().notNull(),
    jobId: text('job_id').notNull(),
    backupId: integer('backup_id'),
    tier: text(),
    askedAt: integer('asked_at'),
    expectedAt: integer('expected_at'),
    fetchedAt: integer('fetched_at'),
  },
  (table) => [index('jobs_filename').on(table.filename), uniqueIndex('jobs_backup_id').on(table.backupId)],
)

/** Settings that belong to the file; values are JSON. */
export const config = sqliteTable(
  'config',
  {
    id: integer().primaryKey(),
    key: text().notNull(),
    value: text().notNull(),
  },
  (table) => [uniqueIndex('config_key').on(table.key)],
)
