import { createHash } from 'node:crypto'
import { hostname } from 'node:os'
import type { BackupRow, Catalog } from '@bakthat/catalog'
import type { StorageBackend } from '@bakthat/storage'
import type { Flags } from './encoding.js'

/** What the catalog tells of values: so that they are listed and restored like backups, and what the Python tool kept only there. */
export class NotedValues {
  readonly #catalog: Catalog
  readonly #backend: StorageBackend
  readonly #now: () => Date

  constructor(catalog: Catalog, backend: StorageBackend, now: () => Date) {
    this.#catalog = catalog
    this.#backend = backend
    this.#now = now
  }

  note(key: string, stored: Uint8Array, flags: Flags): void {
    this.#catalog.record({
      backend: this.#backend.scheme,
      container: this.#backend.container,
      backupDate: this.#now(),
      filename: key,
      storedFilename: key,
      tags: [],
      metadata: { KeyValue: true, ...flags },
      host: hostname(),
      pid: process.pid,
      size: stored.length,
      sha256: createHash('sha256').update(stored).digest('hex'),
      locator: this.#backend.locate(key) ?? key,
    })
    for (const { id, container } of this.#rowsOf(key)) if (container === '') this.#catalog.markDeleted(id)
  }

  forget(key: string): void {
    for (const { id } of this.#rowsOf(key)) this.#catalog.markDeleted(id)
  }

  /** The last value or backup that was stored in this container. */
  newest(): BackupRow | undefined {
    return this.#catalog.newest({ backend: this.#backend.scheme, container: this.#backend.container })
  }

  flagsOf(key: string): Flags | undefined {
    const metadata = this.#rowsOf(key).at(-1)?.metadata
    return metadata && { is_gzipped: metadata['is_gzipped'] === true, is_enc: metadata['is_enc'] === true }
  }

  close(): void {
    this.#catalog.close()
  }

  /** Those that the Python tool wrote, without any container, and those of this one: of the rows of all, each would be looked at. */
  #rowsOf(key: string): readonly BackupRow[] {
    const { scheme, container } = this.#backend
    const rowsIn = (place: string): readonly BackupRow[] =>
      this.#catalog.find({ backend: scheme, container: place, storedFilename: key })
    return ['', container].flatMap(rowsIn)
  }
}
