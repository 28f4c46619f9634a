import type { Locator, StorageBackend } from './backend.js'

/**
 * A talent of backends whose blobs can be reached with a well-known tool of others: what it gives are lines for a POSIX shell,
 * for the day on which this program is not at hand. They hold no secret: the tool finds its credentials in its own way.
 */
export interface ByHand {
  /** Writes the blob to standard output. `INVALID_INPUT` for what is no locator. `JOB` stands for the id that asking for it answers with, if any. */
  fetchByHand(locator: Locator): string
  /** Asks for the blob to be brought back, hours before it is fetched, where it lies in cold storage. Absent where none can. */
  thawByHand?(locator: Locator): string
  /** Lists what is stored. Absent where that takes hours, too. */
  listByHand?(): string
}

/** The backend's talent to be used by hand; `undefined` where it has none. */
export function byHand(backend: StorageBackend | (StorageBackend & ByHand)): ByHand | undefined {
  return 'fetchByHand' in backend ? backend : undefined
}
