import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { openCatalog, type BackupRow, type Catalog, type Completion, type NewBackup } from '@bakthat/catalog'
import { Client, type Database } from './sqlite.js'

/** A temporary directory that others may look into, gone at the end of the block with what is open in it. */
export class Place implements Disposable {
  readonly path: string
  readonly database: string
  readonly #open: { close(): void }[] = []

  constructor() {
    this.path = mkdtempSync(join(tmpdir(), 'bakthat-catalog-'))
    this.database = this.in('catalog.sqlite')
    chmodSync(this.path, 0o755)
  }

  in(...names: readonly string[]): string {
    return join(this.path, ...names)
  }

  /** The catalog, with a clock that says so. */
  catalog(now = '2026-03-18T12:00:00.900Z'): Catalog {
    const catalog = openCatalog({ path: this.database, now: () => new Date(now), waitSeconds: 0.05 })
    this.#open.push(catalog)
    return catalog
  }

  /** The same file for somebody who has nothing but SQLite. */
  sqlite(): Database {
    const client = new Client(this.database)
    this.#open.push(client)
    return client
  }

  /** Everything in a table, as SQLite has it. */
  rows(sql = 'SELECT * FROM backups ORDER BY id'): Record<string, unknown>[] {
    return this.sqlite().prepare<[], Record<string, unknown>>(sql).all()
  }

  closeAll(): void {
    for (const open of this.#open.splice(0)) open.close()
  }

  [Symbol.dispose](): void {
    this.closeAll()
    rmSync(this.path, { recursive: true, force: true })
  }
}

export function backup(more: Partial<NewBackup> = {}): NewBackup {
  const filename = more.filename ?? 'photos'
  return {
    backend: 'local',
    container: '/srv/backups',
    backupDate: new Date('2026-03-18T11:59:58.700Z'),
    filename,
    storedFilename: `${filename}.20260318115958.tar.zst`,
    tags: [],
    metadata: {},
    host: 'attic',
    pid: 4242,
    ...more,
  }
}

export const completion: Completion = {
  size: 6_000_000_000_000,
  sha256: 'a'.repeat(64),
  locator: 'photos.20260318115958.tar.zst',
  metadata: { compression: 'zstd' },
}

/** Puts a complete backup in. */
export function add(catalog: Catalog, more: Partial<NewBackup> = {}): BackupRow {
  return catalog.complete(catalog.begin(backup(more)).id, completion)
}

export const statuses = ['pending', 'complete', 'deleted'] as const

export function has(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0
}
